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

Modules_Mailward_Notices::begin();

// Each task of ours once, however often this runs.
$tasks = ['daily.php' => pm_Scheduler::$EVERY_DAY, 'notices.php' => pm_Scheduler::$EVERY_5_MIN];
$scheduler = pm_Scheduler::getInstance();
foreach ($scheduler->listTasks() as $task) {
    if (isset($tasks[$task->getCmd()])) {
        $scheduler->removeTask($task);
    }
}
foreach ($tasks as $script => $schedule) {
    $task = new pm_Scheduler_Task();
    $task->setSchedule($schedule);
    $task->setCmd($script);
    $scheduler->putTask($task);
}
