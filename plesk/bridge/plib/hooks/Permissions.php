<?php
// What a service plan may switch: whether its customers have Mailward's pages and own rules. The
// server's own protection does not depend on it.
class Modules_Mailward_Permissions extends pm_Hook_Permissions
{
    public function getPermissions()
    {
        return [
            Modules_Mailward_Identity::PERMISSION => [
                'default' => true,
                'place' => self::PLACE_MAIN,
                'name' => pm_Locale::lmsg('permission'),
                'description' => pm_Locale::lmsg('permissionDescription'),
            ],
        ];
    }
}
