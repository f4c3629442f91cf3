<?php
// What Plesk's backup of the server keeps of Mailward: all settings of all scopes. What was learnt
// stays on the server.
class Modules_Mailward_Backup_Server extends pm_Hook_Backup_Server
{
    const FILE = 'settings.json';

    public function backup()
    {
        $exported = pm_ApiCli::callSbin('mailward-setup', ['export']);
        $file = $this->_folder('backup') . '/' . self::FILE;
        file_put_contents($file, $exported['stdout']);
        chmod($file, 0640);
        return [json_encode(['format' => 1]), ['backup'], []];
    }

    public function restore($pleskVersion, $extensionVersion, $config, $contentDir)
    {
        $file = rtrim($contentDir, '/') . '/backup/' . self::FILE;
        if (is_file($file)) {
            pm_ApiCli::callSbin('mailward-setup', ['import', $file]);
        }
    }

    private function _folder($name)
    {
        $folder = pm_Context::getVarDir() . $name;
        if (!is_dir($folder)) {
            mkdir($folder, 0750, true);
        }
        return $folder;
    }
}
