<?php
// Tells Mailward what happens in Plesk: domains and mailboxes that come and go, and passwords that
// are changed. The values of an event hold the new password: none is kept, logged or passed on.
class Modules_Mailward_EventListener implements EventListener
{
    public function filterActions()
    {
        return array_merge(['mailname_update'], self::refreshing());
    }

    public function handleEvent($objectType, $objectId, $action, $oldValues, $newValues)
    {
        pm_Context::init('mailward');
        if ($action === 'mailname_update') {
            $this->_passwordChanged((array)$newValues);
        }
        if (in_array($action, self::refreshing(), true)) {
            pm_ApiCli::callSbin('mailward-setup', ['refresh'], pm_ApiCli::RESULT_FULL);
        }
    }

    // What changes whose domains are whose, or the mail server's files.
    private static function refreshing()
    {
        return [
            'domain_create', 'domain_update', 'domain_delete', 'site_create', 'site_update',
            'site_delete', 'domain_alias_create', 'domain_alias_delete', 'mailname_create',
            'mailname_delete', 'client_create', 'client_update', 'client_delete',
            'mail_management_status_update', 'service_restart',
        ];
    }

    // Whoever has changed the password has taken a stolen account back.
    private function _passwordChanged(array $values)
    {
        $account = isset($values['Mailname']) ? (string)$values['Mailname'] : '';
        $changed = isset($values['Password']) && (string)$values['Password'] !== '';
        if ($changed && preg_match('/^[^\s@\x00-\x1f-][^\s@\x00-\x1f]*@[^\s@\x00-\x1f]+$/D', $account)) {
            $words = ['password-changed', $account];
            pm_ApiCli::callSbin('mailward-setup', $words, pm_ApiCli::RESULT_FULL);
        }
    }
}

return new Modules_Mailward_EventListener();
