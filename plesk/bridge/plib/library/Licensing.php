<?php
// A licence that was bought through Plesk is an additional key whose body holds Mailward's own key.
// Mailward checks its signature; nothing here decides what is licensed.
class Modules_Mailward_Licensing
{
    const PROPERTY = 'mailward-key';

    // Hands the key over where Plesk has one; returns whether it was taken, null without one.
    public static function handOver()
    {
        $key = self::_key();
        if ($key === '') {
            return null;
        }
        $result = pm_ApiCli::callSbin('mailward-setup', ['licence', $key], pm_ApiCli::RESULT_FULL);
        return $result['code'] === 0;
    }

    private static function _key()
    {
        if (!pm_License::hasAdditionalKey('mailward')) {
            return '';
        }
        $body = pm_License::getAdditionalKey('mailward')->getBodyProperty(self::PROPERTY);
        // Keys are issued in lines of a handy length.
        $key = preg_replace('/\s+/', '', (string)$body);
        return preg_match('/^[A-Za-z0-9-]{16,8192}$/D', $key) ? $key : '';
    }
}
