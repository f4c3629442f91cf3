<?php
// Plesk passes "install", or "upgrade" and the old version. Both may be run again at any time.
pm_Context::init('mailward');

// Exit codes of `mailward`: 1 is "done, but a check found problems".
const PROBLEMS = 1;

$verb = isset($argv[1]) && $argv[1] === 'upgrade' ? 'upgrade' : 'install';
$result = pm_ApiCli::callSbin('mailward-setup', [$verb], pm_ApiCli::RESULT_FULL);
echo $result['stdout'], $result['stderr'];
if ($result['code'] !== 0 && $result['code'] !== PROBLEMS) {
    exit(1);
}
if ($result['code'] === PROBLEMS) {
    echo "Mailward is installed, but not everything works: `mailward doctor` says what to do.\n";
}

Modules_Mailward_Licensing::handOver();

// One task of ours, however often this runs.
$scheduler = pm_Scheduler::getInstance();
foreach ($scheduler->listTasks() as $task) {
    if ($task->getCmd() === 'daily.php') {
        $scheduler->removeTask($task);
    }
}
$task = new pm_Scheduler_Task();
$task->setSchedule(pm_Scheduler::$EVERY_DAY);
$task->setCmd('daily.php');
$scheduler->putTask($task);
