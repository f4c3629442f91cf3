<?php
// Where Plesk offers Mailward: the administrator's and the reseller's navigation, and the page of
// each domain whose service plan has it.
class Modules_Mailward_CustomButtons extends pm_Hook_CustomButtons
{
    public function getButtons()
    {
        $common = [
            'title' => pm_Locale::lmsg('title'),
            'description' => pm_Locale::lmsg('description'),
            'icon' => pm_Context::getBaseUrl() . 'icon.svg',
            'link' => pm_Context::getActionUrl('index'),
        ];
        return [
            ['place' => self::PLACE_ADMIN_NAVIGATION] + $common,
            [
                'place' => self::PLACE_ADMIN_TOOLS_AND_SETTINGS,
                'section' => self::SECTION_ADMIN_TOOLS_MAIL,
            ] + $common,
            ['place' => self::PLACE_RESELLER_NAVIGATION] + $common,
            [
                'place' => self::PLACE_DOMAIN_PROPERTIES_DYNAMIC,
                'section' => self::SECTION_DOMAIN_PROPS_DYNAMIC_MAIL,
                'contextParams' => true,
                'visibility' => [$this, 'isVisible'],
            ] + $common,
        ];
    }

    // Whether a domain's page shows the button.
    public function isVisible(array $params)
    {
        $id = isset($params['site_id']) ? $params['site_id'] : null;
        if ($id === null) {
            return false;
        }
        try {
            $domain = pm_Domain::getByDomainId((int)$id);
            return $domain->hasPermission(Modules_Mailward_Identity::PERMISSION);
        } catch (Exception $error) {
            return false;
        }
    }
}
