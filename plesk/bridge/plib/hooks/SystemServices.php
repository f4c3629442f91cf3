<?php
// Shows Mailward among Plesk's services, to be started and stopped there.
class Modules_Mailward_SystemServices extends pm_Hook_SystemServices
{
    public function getServices()
    {
        return [new Modules_Mailward_Service()];
    }
}
