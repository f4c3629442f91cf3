<?php
// The daemon and the pages, as one service. While it is stopped, mail goes on unchecked.
class Modules_Mailward_Service extends pm_SystemService_Service
{
    public function getName()
    {
        return pm_Locale::lmsg('title');
    }

    public function getId()
    {
        return 'mailward';
    }

    public function onStart()
    {
        pm_ApiCli::callSbin('mailward-setup', ['start']);
    }

    public function onStop()
    {
        pm_ApiCli::callSbin('mailward-setup', ['stop']);
    }

    public function onRestart()
    {
        pm_ApiCli::callSbin('mailward-setup', ['restart']);
    }

    public function isInstalled()
    {
        return true;
    }

    public function isConfigured()
    {
        return true;
    }

    public function isRunning()
    {
        $result = pm_ApiCli::callSbin('mailward-setup', ['running'], pm_ApiCli::RESULT_FULL);
        return $result['code'] === 0;
    }
}
