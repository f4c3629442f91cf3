<?php
// Who is looking, as Plesk's session says, and nobody else: nothing of the request is believed.
class Modules_Mailward_Identity
{
    const PERMISSION = 'access';

    private $_claim;

    private function __construct(array $claim)
    {
        $this->_claim = $claim;
    }

    // The person of the present session; null for somebody who may not see Mailward.
    public static function ofSession()
    {
        if (!pm_Session::isExist()) {
            return null;
        }
        $client = pm_Session::getClient();
        $role = self::_role($client);
        if ($role === null || !self::_isAllowed($client, $role)) {
            return null;
        }
        return new self([
            'role' => $role,
            'login' => (string)$client->getProperty('login'),
            'session' => self::_session(),
            'prefix' => Modules_Mailward_Relay::prefix(),
            'layout' => 'frame',
            'parameter' => '',
            'language' => self::_language(),
            'zone' => '',
            'address' => isset($_SERVER['REMOTE_ADDR']) ? (string)$_SERVER['REMOTE_ADDR'] : '',
        ]);
    }

    // As Mailward's bridge wants it: JSON as base64 for addresses (RFC 4648, section 5).
    public function encoded()
    {
        $json = json_encode($this->_claim, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
        return strtr(base64_encode($json), '+/', '-_');
    }

    private static function _role($client)
    {
        if ($client->isAdmin()) {
            return 'admin';
        }
        if ($client->isReseller()) {
            return 'reseller';
        }
        return $client->isClient() ? 'customer' : null;
    }

    // A customer needs one domain whose service plan has Mailward on.
    private static function _isAllowed($client, $role)
    {
        if ($role === 'admin') {
            return true;
        }
        foreach (pm_Domain::getDomainsByClient($client) as $domain) {
            if ($domain->hasPermission(self::PERMISSION)) {
                return true;
            }
        }
        return $role === 'reseller';
    }

    // Stays the same during one session, and tells nobody its number.
    private static function _session()
    {
        $number = isset($_COOKIE['PLESKSESSID']) ? (string)$_COOKIE['PLESKSESSID'] : session_id();
        return hash('sha256', 'mailward:' . $number);
    }

    private static function _language()
    {
        $code = (string)pm_Locale::getCode();
        return preg_match('/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/D', $code) ? $code : '';
    }
}
