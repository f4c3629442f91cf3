<?php
// Carries one request to Mailward's pages and the answer back. Decides nothing: who is looking is
// signed, and what they may see is decided there (docs/bridge.md of Mailward).
class Modules_Mailward_Relay
{
    const SOCKET = '/run/mailward-web/web.sock';
    const SECRET = 'bridge.secret';
    const TOKEN = 'forgery_protection_token';
    const CONNECT_SECONDS = 2;
    const SECONDS = 60;
    const LARGEST_BODY = 2097152;

    // What a browser may tell Mailward; everything else stays here, cookies above all.
    private static $_passed = [
        'Accept', 'Accept-Language', 'Content-Type', 'If-Modified-Since', 'If-None-Match', 'Range',
        'User-Agent', 'X-Requested-With',
    ];

    // What belongs to one connection, and is PHP's and the web server's business here.
    private static $_dropped = [
        'connection', 'content-length', 'date', 'keep-alive', 'server', 'te', 'trailer',
        'transfer-encoding', 'upgrade',
    ];

    private $_identity;

    public function __construct(Modules_Mailward_Identity $identity)
    {
        $this->_identity = $identity;
    }

    // The path below which Mailward's pages are, without a slash at its end.
    public static function prefix()
    {
        return rtrim(pm_Context::getBaseUrl(), '/') . '/index.php/page';
    }

    // Returns null when an answer was given, otherwise a status and the name of a text.
    public function carry()
    {
        $target = $this->_target();
        if ($target === null) {
            return [400, 'badAddress'];
        }
        // PHP has taken such a body apart, and puts it together for nobody. No page of ours sends one.
        if (stripos($this->_type(), 'multipart/form-data') === 0) {
            return [415, 'noUploads'];
        }
        $secret = $this->_secret();
        if ($secret === '') {
            return [503, 'noSecret'];
        }
        $body = $this->_body();
        if ($body === null) {
            return [413, 'tooLarge'];
        }
        return $this->_exchange($target, $body, $secret);
    }

    // Path and query as the browser sent them, without our prefix; null for what no page is called.
    private function _target()
    {
        $asked = isset($_SERVER['REQUEST_URI']) ? (string)$_SERVER['REQUEST_URI'] : '';
        $prefix = self::prefix();
        if (strpos($asked, $prefix) !== 0) {
            return null;
        }
        $target = substr($asked, strlen($prefix));
        if ($target === '' || $target === false || $target[0] === '?') {
            $target = '/' . $target;
        }
        $path = explode('?', $target, 2)[0];
        $plain = rawurldecode($path);
        if ($path[0] !== '/' || strlen($target) > 8000
            || preg_match('/[\x00-\x20\x7f]/', $target) || preg_match('/[\x00-\x1f\x7f]/', $plain)
            || strpos($plain, '//') !== false
            || preg_match('~(^|/)\.\.?(/|$)~', $plain)) {
            return null;
        }
        return $target;
    }

    private function _secret()
    {
        $file = pm_Context::getVarDir() . self::SECRET;
        return is_readable($file) ? trim((string)file_get_contents($file)) : '';
    }

    private function _type()
    {
        return isset($_SERVER['CONTENT_TYPE']) ? (string)$_SERVER['CONTENT_TYPE'] : '';
    }

    // The body as it came, but for Plesk's token, which is nobody else's business.
    private function _body()
    {
        $body = (string)file_get_contents('php://input', false, null, 0, self::LARGEST_BODY + 1);
        if (strlen($body) > self::LARGEST_BODY) {
            return null;
        }
        if (stripos($this->_type(), 'application/x-www-form-urlencoded') !== 0) {
            return $body;
        }
        $kept = [];
        foreach (explode('&', $body) as $pair) {
            if (strpos($pair, self::TOKEN . '=') !== 0) {
                $kept[] = $pair;
            }
        }
        return implode('&', $kept);
    }

    private function _signature($method, $target, $body, $secret, $viewer)
    {
        $time = time();
        $nonce = rtrim(strtr(base64_encode(random_bytes(18)), '+/', '-_'), '=');
        $lines = ['mailward-1', $method, $target, hash('sha256', $body), $time, $nonce, $viewer];
        $mark = hash_hmac('sha256', implode("\n", $lines), $secret);
        return 't=' . $time . ',n=' . $nonce . ',s=' . $mark;
    }

    private function _headers($method, $target, $body, $secret)
    {
        $viewer = $this->_identity->encoded();
        $headers = [
            'Host: mailward',
            'Connection: close',
            'Accept-Encoding: identity',
            'Expect:',
            'X-Mailward-Viewer: ' . $viewer,
            'X-Mailward-Signature: ' . $this->_signature($method, $target, $body, $secret, $viewer),
        ];
        foreach (self::$_passed as $name) {
            $key = strtoupper(strtr($name, '-', '_'));
            $key = $name === 'Content-Type' ? $key : 'HTTP_' . $key;
            if (isset($_SERVER[$key]) && !preg_match('/[\x00-\x1f\x7f]/', (string)$_SERVER[$key])) {
                $headers[] = $name . ': ' . $_SERVER[$key];
            }
        }
        return $headers;
    }

    private function _exchange($target, $body, $secret)
    {
        $method = strtoupper(isset($_SERVER['REQUEST_METHOD']) ? $_SERVER['REQUEST_METHOD'] : 'GET');
        if (!in_array($method, ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], true)) {
            return [405, 'badMethod'];
        }
        $call = curl_init('http://mailward' . $target);
        $answered = false;
        $found = [];
        curl_setopt_array($call, [
            CURLOPT_UNIX_SOCKET_PATH => self::SOCKET,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_NOBODY => $method === 'HEAD',
            CURLOPT_PATH_AS_IS => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROXY => '',
            CURLOPT_CONNECTTIMEOUT => self::CONNECT_SECONDS,
            CURLOPT_TIMEOUT => self::SECONDS,
            CURLOPT_HTTPHEADER => $this->_headers($method, $target, $body, $secret),
            CURLOPT_HEADERFUNCTION => function ($call, $line) use (&$found) {
                // A new status line begins the answer anew: "100 Continue" is none.
                if (strpos($line, 'HTTP/') === 0) {
                    $found = [];
                } elseif (strpos($line, ':') !== false) {
                    $found[] = trim($line);
                }
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => function ($call, $piece) use (&$found, &$answered) {
                if (!$answered) {
                    $answered = true;
                    $this->_begin(curl_getinfo($call, CURLINFO_RESPONSE_CODE), $found);
                }
                echo $piece;
                flush();
                return strlen($piece);
            },
        ]);
        if ($method !== 'GET' && $method !== 'HEAD') {
            curl_setopt($call, CURLOPT_POSTFIELDS, $body);
        }
        curl_exec($call);
        $error = curl_errno($call);
        if ($error !== 0 && !$answered) {
            return $error === CURLE_OPERATION_TIMEDOUT ? [504, 'tooSlow'] : [502, 'notRunning'];
        }
        if (!$answered) {
            $this->_begin(curl_getinfo($call, CURLINFO_RESPONSE_CODE), $found);
        }
        return null;
    }

    private function _begin($status, array $headers)
    {
        http_response_code($status);
        // PHP sends a type of its own otherwise, and Plesk a policy for its pages that ours is not.
        header_remove('Content-Security-Policy');
        header_remove('Content-Type');
        foreach ($headers as $header) {
            $name = strtolower(trim(explode(':', $header, 2)[0]));
            if (!in_array($name, self::$_dropped, true) && strpos($name, 'proxy-') !== 0) {
                header($header, $name !== 'set-cookie');
            }
        }
    }
}
