<?php
// Plesk deletes our files afterwards whatever happens here, so a failure is told and stops nothing.
pm_Context::init('mailward');
$result = pm_ApiCli::callSbin('mailward-setup', ['uninstall'], pm_ApiCli::RESULT_FULL);
echo $result['stdout'], $result['stderr'];
pm_Scheduler::getInstance()->removeAllTasks();
pm_Settings::clean();
