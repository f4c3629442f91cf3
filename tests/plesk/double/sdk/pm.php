<?php
// The SDK as far as Mailward uses it (facts/plesk.md 5). Signatures and constants are Plesk's; the
// bodies read the double's database. What an older Plesk lacks is not declared for its version.

define('PSA_ROOT', '/opt/psa');
define('PSA_DB', '/var/lib/psa/psa.sqlite');
define('PSA_VERSION', trim(explode(' ', file_get_contents(PSA_ROOT . '/version'))[0]));

class pm_Exception extends Exception
{
}

class pm_Exception_ResultException extends pm_Exception
{
}

final class Psa
{
    private static $_database;

    public static function rows($query, array $values = [])
    {
        if (self::$_database === null) {
            self::$_database = new PDO('sqlite:' . PSA_DB);
            self::$_database->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
            self::$_database->exec('PRAGMA busy_timeout = 5000');
        }
        $statement = self::$_database->prepare($query);
        $statement->execute($values);
        return $statement->fetchAll(PDO::FETCH_ASSOC);
    }

    public static function since($version)
    {
        return version_compare(PSA_VERSION, $version, '>=');
    }
}

class pm_Context
{
    private static $_id;

    public static function init($id)
    {
        self::$_id = $id;
    }

    public static function getModuleId()
    {
        return self::$_id;
    }

    public static function getPlibDir()
    {
        return PSA_ROOT . '/admin/plib/modules/' . self::$_id . '/';
    }

    public static function getVarDir()
    {
        return PSA_ROOT . '/var/modules/' . self::$_id . '/';
    }

    public static function getBaseUrl()
    {
        return '/modules/' . self::$_id . '/';
    }

    public static function getActionUrl($controller, $action = 'index')
    {
        return self::getBaseUrl() . 'index.php/' . $controller . '/' . $action;
    }
}

class pm_ProductInfo
{
    public static function getVersion()
    {
        return PSA_VERSION;
    }

    public static function isUnix()
    {
        return true;
    }
}

class pm_Settings
{
    public static function get($name, $default = null)
    {
        $rows = Psa::rows('SELECT value FROM module_settings WHERE name = ?', [$name]);
        return $rows ? $rows[0]['value'] : $default;
    }

    public static function set($name, $value)
    {
        Psa::rows('DELETE FROM module_settings WHERE name = ?', [$name]);
        if ($value !== null && strlen($value) > 5000) {
            throw new pm_Exception('a setting may have 5000 characters');
        }
        if ($value !== null) {
            Psa::rows('INSERT INTO module_settings VALUES (?, ?)', [$name, $value]);
        }
    }

    public static function clean($prefix = '')
    {
        Psa::rows('DELETE FROM module_settings');
    }
}

class pm_Locale
{
    public static $code = 'en-US';
    private static $_messages;

    public static function getCode()
    {
        return self::$code;
    }

    public static function lmsg($key, array $params = [])
    {
        if (self::$_messages === null) {
            $folder = pm_Context::getPlibDir() . 'resources/locales/';
            $messages = [];
            include $folder . 'en-US.php';
            $base = $messages;
            if (is_file($folder . self::getCode() . '.php')) {
                include $folder . self::getCode() . '.php';
            }
            self::$_messages = $messages + $base;
        }
        return isset(self::$_messages[$key]) ? self::$_messages[$key] : "[$key]";
    }
}

class pm_ApiCli
{
    const RESULT_FULL = 1;
    const RESULT_STDOUT = 2;
    const RESULT_STDERR = 3;
    const RESULT_CODE = 4;
    const RESULT_EXCEPTION = 5;

    // Root runs it: here through the double's stand-in for the setuid program mod_wrapper.
    public static function callSbin(
        $cmd, array $args = [], $result = self::RESULT_EXCEPTION, array $env = [], $stdin = ''
    ) {
        if (strpos($cmd, '/') !== false) {
            throw new pm_Exception("$cmd: is no name of a utility");
        }
        if ($stdin !== '' && !Psa::since('18.0.55')) {
            throw new pm_Exception('callSbin takes no input before Plesk 18.0.55');
        }
        $wrapper = stream_socket_client('unix:///run/psa/mod_wrapper.sock', $number, $text, 5);
        if ($wrapper === false) {
            throw new pm_Exception("mod_wrapper: $text");
        }
        stream_set_timeout($wrapper, 600);
        $asked = ['module' => pm_Context::getModuleId(), 'command' => $cmd, 'arguments' => $args];
        fwrite($wrapper, json_encode($asked) . "\n");
        $answer = json_decode(stream_get_contents($wrapper), true);
        if ($result === self::RESULT_EXCEPTION && $answer['code'] !== 0) {
            throw new pm_Exception_ResultException($answer['stderr'], $answer['code']);
        }
        $single = [self::RESULT_STDOUT => 'stdout', self::RESULT_STDERR => 'stderr'];
        $single[self::RESULT_CODE] = 'code';
        return isset($single[$result]) ? $answer[$single[$result]] : $answer;
    }
}

class pm_Client
{
    private $_row;

    public function __construct(array $row)
    {
        $this->_row = $row;
    }

    public static function getByLogin($login)
    {
        $rows = Psa::rows('SELECT * FROM clients WHERE login = ?', [$login]);
        if (!$rows) {
            throw new pm_Exception("no client $login");
        }
        return new self($rows[0]);
    }

    public function getId()
    {
        return (int)$this->_row['id'];
    }

    public function getLogin()
    {
        return $this->_row['login'];
    }

    public function getProperty($name)
    {
        return $this->_row[$name];
    }

    public function isAdmin()
    {
        return $this->_row['type'] === 'admin';
    }

    public function isReseller()
    {
        return $this->_row['type'] === 'reseller';
    }

    public function isClient()
    {
        return $this->_row['type'] === 'client';
    }

    public function hasAccessToDomain($id)
    {
        foreach (pm_Domain::getDomainsByClient($this) as $domain) {
            if ($domain->getId() === (int)$id) {
                return true;
            }
        }
        return $this->isAdmin();
    }
}

class pm_Domain
{
    private $_row;

    private function __construct(array $row)
    {
        $this->_row = $row;
    }

    private static function _all($where, array $values)
    {
        $rows = Psa::rows("SELECT d.* FROM domains d JOIN clients c ON c.id = d.cl_id $where", $values);
        return array_map(function ($row) {
            return new self($row);
        }, $rows);
    }

    public static function getAllDomains($mainOnly = false)
    {
        return self::_all('ORDER BY d.id', []);
    }

    public static function getByDomainId($id)
    {
        $found = self::_all('WHERE d.id = ?', [$id]);
        if (!$found) {
            throw new pm_Exception("no domain $id");
        }
        return $found[0];
    }

    public static function getByName($name)
    {
        $found = self::_all('WHERE d.name = ?', [$name]);
        if (!$found) {
            throw new pm_Exception("no domain $name");
        }
        return $found[0];
    }

    public function getClient()
    {
        return new pm_Client(Psa::rows(
            'SELECT c.* FROM clients c JOIN domains d ON d.cl_id = c.id WHERE d.id = ?',
            [$this->getId()]
        )[0]);
    }

    // A reseller's are those of his customers, too.
    public static function getDomainsByClient(pm_Client $client, $mainOnly = false)
    {
        $where = 'WHERE c.id = ? OR c.parent_id = ? ORDER BY d.id';
        return self::_all($where, [$client->getId(), $client->getId()]);
    }

    public function getId()
    {
        return (int)$this->_row['id'];
    }

    public function getName()
    {
        return $this->_row['name'];
    }

    public function hasPermission($name)
    {
        $rows = Psa::rows(
            'SELECT value FROM permissions WHERE domain_id = ? AND name = ?', [$this->getId(), $name]
        );
        return $rows ? (bool)$rows[0]['value'] : true;
    }
}

class pm_Session
{
    public static $login;

    public static function isExist()
    {
        return self::$login !== null;
    }

    public static function getClient()
    {
        return pm_Client::getByLogin(self::$login);
    }
}

class pm_Scheduler_Task
{
    private $_cmd = '';
    private $_schedule = [];
    public $id;

    public function setCmd($cmd)
    {
        $this->_cmd = $cmd;
    }

    public function getCmd()
    {
        return $this->_cmd;
    }

    public function setSchedule(array $schedule)
    {
        $this->_schedule = $schedule;
    }
}

class pm_Scheduler
{
    public static $EVERY_5_MIN = ['*/5', '*', '*', '*', '*'];
    public static $EVERY_DAY = ['0', '0', '*', '*', '*'];

    public static function getInstance()
    {
        return new self();
    }

    public function listTasks()
    {
        return array_map(function ($row) {
            $task = new pm_Scheduler_Task();
            $task->id = $row['id'];
            $task->setCmd($row['cmd']);
            return $task;
        }, Psa::rows('SELECT id, cmd FROM scheduled_tasks ORDER BY id'));
    }

    public function putTask(pm_Scheduler_Task $task)
    {
        Psa::rows('INSERT INTO scheduled_tasks (cmd) VALUES (?)', [$task->getCmd()]);
    }

    public function removeTask(pm_Scheduler_Task $task)
    {
        Psa::rows('DELETE FROM scheduled_tasks WHERE id = ?', [$task->id]);
    }

    public function removeAllTasks()
    {
        Psa::rows('DELETE FROM scheduled_tasks');
    }
}

class pm_License
{
    private $_body;

    public static function hasAdditionalKey($id = null)
    {
        return is_file('/etc/sw/keys/mailward.json');
    }

    public static function getAdditionalKey($id = null)
    {
        $key = new self();
        $key->_body = json_decode(file_get_contents('/etc/sw/keys/mailward.json'), true);
        return $key;
    }

    public function getBodyProperty($name)
    {
        return isset($this->_body[$name]) ? $this->_body[$name] : null;
    }
}

abstract class pm_SystemService_Service
{
}

interface pm_Hook_Interface
{
}

interface EventListener
{
    public function handleEvent($objectType, $objectId, $action, $oldValues, $newValues);
}

abstract class pm_Hook_CustomButtons implements pm_Hook_Interface
{
    const PLACE_COMMON = 1;
    const PLACE_ADMIN_HOME = 2;
    const PLACE_ADMIN_TOOLS_AND_SETTINGS = 5;
    const PLACE_DOMAIN = 8;
    const PLACE_ADMIN_NAVIGATION = 12;
    const PLACE_RESELLER_NAVIGATION = 13;
    const PLACE_HOSTING_PANEL_NAVIGATION = 7;
    const PLACE_DOMAIN_PROPERTIES_DYNAMIC = 16;
    const SECTION_ADMIN_TOOLS_MAIL = 'mailButtons';
    const SECTION_DOMAIN_PROPS_DYNAMIC_MAIL = 'mail';

    abstract public function getButtons();
}

abstract class pm_Hook_Permissions implements pm_Hook_Interface
{
    const PLACE_MAIN = 'main';
    const PLACE_ADDITIONAL = 'additional';

    abstract public function getPermissions();
}

abstract class pm_Hook_Notifications implements pm_Hook_Interface
{
    abstract public function getNotifications();
}

// Writes down what would be mailed, by what the hook says of the notification.
class pm_Notification
{
    public function send($id, array $params = [], ?pm_Client $client = null)
    {
        $hook = 'Modules_' . ucfirst(pm_Context::getModuleId()) . '_Notifications';
        $told = (new $hook())->getNotifications()[$id];
        $names = array_map(function ($name) {
            return "<$name>";
        }, array_keys($params));
        $mail = ['subject' => str_replace($names, array_values($params), $told['subject']),
            'message' => str_replace($names, array_values($params), $told['message'])];
        $to = $told['notifyAdmin'] ? ['admin'] : [];
        if ($client !== null && $told['notifyClients'] && $client->isClient()) {
            $to[] = $client->getLogin();
        }
        file_put_contents(
            '/var/lib/psa/notifications', json_encode($mail + ['to' => $to,
                'client' => $client === null ? null : $client->getLogin()]) . "\n", FILE_APPEND
        );
        return $to;
    }
}

abstract class pm_Hook_SystemServices implements pm_Hook_Interface
{
    abstract public function getServices();
}

abstract class pm_Hook_Backup_Server implements pm_Hook_Interface
{
    abstract public function backup();

    abstract public function restore($pleskVersion, $extVersion, $config, $contentDir);
}

if (Psa::since('18.0.52')) {
    require __DIR__ . '/repair.php';
}

// Modules_Mailward_Backup_Server is hooks/Backup/Server.php or library/Backup/Server.php.
spl_autoload_register(function ($class) {
    if (!preg_match('/^Modules_([A-Za-z0-9]+)_(.+)$/', $class, $parts)) {
        return;
    }
    $place = str_replace('_', '/', $parts[2]) . '.php';
    $base = PSA_ROOT . '/admin/plib/modules/' . strtolower($parts[1]);
    foreach (['library', 'hooks'] as $folder) {
        if (is_file("$base/$folder/$place")) {
            require_once "$base/$folder/$place";
            return;
        }
    }
});
