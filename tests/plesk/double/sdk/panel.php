<?php
// The panel's web server: `php -S ADDRESS panel.php`. Login, sessions, the check of the token, the
// dispatcher of extensions, and Plesk's page around them (facts/plesk.md 4.1, 4.4, 13.2).

require __DIR__ . '/pm.php';
require __DIR__ . '/chrome.php';

const PASSWORD = 'panel-password';
const SESSIONS = '/var/lib/psa/sessions';

function psa_session()
{
    $number = isset($_COOKIE['PLESKSESSID']) ? (string)$_COOKIE['PLESKSESSID'] : '';
    $file = SESSIONS . '/' . hash('sha256', $number);
    return $number !== '' && is_file($file) ? json_decode(file_get_contents($file), true) : null;
}

function psa_login()
{
    $login = isset($_POST['login_name']) ? (string)$_POST['login_name'] : '';
    $known = Psa::rows('SELECT login FROM clients WHERE login = ?', [$login]);
    if (!$known || !isset($_POST['passwd']) || $_POST['passwd'] !== PASSWORD) {
        http_response_code(200);
        echo '<!doctype html><html lang="en"><title>Plesk</title><form method="post">',
            '<label>User<input name="login_name"></label>',
            '<label>Password<input type="password" name="passwd"></label>',
            '<button>Log in</button></form>';
        return;
    }
    $number = bin2hex(random_bytes(16));
    @mkdir(SESSIONS, 0700, true);
    $locale = isset($_POST['locale_id']) ? (string)$_POST['locale_id'] : 'en-US';
    $session = ['login' => $login, 'token' => bin2hex(random_bytes(16)), 'locale' => $locale];
    file_put_contents(SESSIONS . '/' . hash('sha256', $number), json_encode($session));
    header('Set-Cookie: PLESKSESSID=' . $number . '; path=/; HttpOnly; SameSite=Lax');
    header('Location: ' . (isset($_GET['success_redirect_url']) ? $_GET['success_redirect_url'] : '/'));
    http_response_code(303);
}

class pm_View
{
    private $_values = [];

    public function __set($name, $value)
    {
        $this->_values[$name] = $value;
    }

    public function __get($name)
    {
        return isset($this->_values[$name]) ? $this->_values[$name] : null;
    }

    public function escape($text)
    {
        return htmlspecialchars((string)$text, ENT_QUOTES, 'UTF-8');
    }

    public function render($file)
    {
        ob_start();
        include $file;
        return ob_get_clean();
    }
}

class pm_View_Status
{
    public $messages = [];

    public function addMessage($kind, $text)
    {
        $this->messages[] = [$kind, $text];
    }
}

class psa_Switch
{
    public $on = true;

    public function disableLayout()
    {
        $this->on = false;
    }

    public function setNoRender($off)
    {
        $this->on = !$off;
    }
}

class pm_Controller_Action
{
    protected $_accessLevel = ['admin'];
    public $view;
    public $_helper;
    public $_status;

    public function __construct()
    {
        $this->view = new pm_View();
        $this->_status = new pm_View_Status();
        $this->_helper = (object)['layout' => new psa_Switch(), 'viewRenderer' => new psa_Switch()];
    }

    public function init()
    {
    }

    public function allows(pm_Client $client)
    {
        $role = $client->isAdmin() ? 'admin' : ($client->isReseller() ? 'reseller' : 'client');
        return in_array($role, (array)$this->_accessLevel, true);
    }

    protected function _getParam($name, $default = null)
    {
        return isset($_REQUEST[$name]) ? $_REQUEST[$name] : $default;
    }
}

class pm_Application
{
    public function run()
    {
        $session = psa_session();
        if ($session === null) {
            header('Location: /login_up.php?success_redirect_url=' . urlencode($_SERVER['REQUEST_URI']));
            http_response_code(303);
            return;
        }
        pm_Session::$login = $session['login'];
        pm_Locale::$code = $session['locale'];
        if (!in_array($_SERVER['REQUEST_METHOD'], ['GET', 'HEAD', 'OPTIONS'], true)) {
            $header = 'HTTP_X_FORGERY_PROTECTION_TOKEN';
            $given = isset($_SERVER[$header]) ? $_SERVER[$header] : '';
            $given = isset($_POST['forgery_protection_token'])
                ? $_POST['forgery_protection_token'] : $given;
            if (!is_string($given) || !hash_equals($session['token'], $given)) {
                http_response_code(403);
                echo 'Forgery protection token is missing';
                return;
            }
        }
        $this->_dispatch($session['token']);
    }

    private function _dispatch($token)
    {
        $id = pm_Context::getModuleId();
        $path = explode('?', $_SERVER['REQUEST_URI'], 2)[0];
        $parts = explode('/', substr($path, strlen("/modules/$id/index.php")));
        // As the dispatcher of Zend does: lower case, words of letters and digits.
        $name = strtolower(preg_replace('/[^A-Za-z0-9]/', '', isset($parts[1]) ? $parts[1] : ''));
        $action = strtolower(preg_replace('/[^A-Za-z0-9]/', '', isset($parts[2]) ? $parts[2] : ''));
        $name = $name === '' ? 'index' : $name;
        $action = $action === '' ? 'index' : $action;
        $class = ucfirst($name) . 'Controller';
        $file = pm_Context::getPlibDir() . "controllers/$class.php";
        if (!is_file($file)) {
            http_response_code(404);
            return;
        }
        require $file;
        $controller = new $class();
        if (!$controller->allows(pm_Session::getClient())) {
            http_response_code(403);
            return;
        }
        $controller->init();
        $controller->{$action . 'Action'}();
        $this->_render($controller, $name, $action, $token);
    }

    private function _render($controller, $name, $action, $token)
    {
        if (!$controller->_helper->viewRenderer->on) {
            return;
        }
        $view = $controller->view;
        $script = pm_Context::getPlibDir() . "views/scripts/$name/$action.phtml";
        $inside = $view->render($script);
        $said = '';
        foreach ($controller->_status->messages as $message) {
            $said .= '<p class="' . $message[0] . '">' . $view->escape($message[1]) . '</p>';
        }
        psa_page($view->pageTitle, $said . $inside, $token);
    }
}

$path = explode('?', $_SERVER['REQUEST_URI'], 2)[0];
if ($path === '/login_up.php') {
    psa_login();
    return;
}
if (preg_match('~^/modules/([a-z]+)/index\.php(/|$)~', $path, $parts)) {
    $_SERVER['SCRIPT_NAME'] = "/modules/{$parts[1]}/index.php";
    require PSA_ROOT . "/admin/htdocs/modules/{$parts[1]}/index.php";
    return;
}
if (preg_match('~^/modules/([a-z]+/[A-Za-z0-9_./-]+)$~', $path, $parts)
    && strpos($parts[1], '..') === false) {
    $file = PSA_ROOT . '/admin/htdocs/modules/' . $parts[1];
    if (is_file($file)) {
        $types = ['js' => 'text/javascript', 'css' => 'text/css', 'svg' => 'image/svg+xml'];
        $kind = pathinfo($file, PATHINFO_EXTENSION);
        header('Content-Type: ' . (isset($types[$kind]) ? $types[$kind] : 'application/octet-stream'));
        readfile($file);
        return;
    }
}
$pages = ['/domain' => 'psa_domain', '/plan' => 'psa_plan'];
$session = psa_session();
if (isset($pages[$path]) && $session !== null) {
    pm_Session::$login = $session['login'];
    pm_Locale::$code = $session['locale'];
    $pages[$path]($session['token']);
    return;
}
http_response_code($path === '/' ? 200 : 404);
echo '<!doctype html><html lang="en"><title>Plesk</title><h1>Plesk</h1>';
