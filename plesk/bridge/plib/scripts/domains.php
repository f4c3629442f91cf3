<?php
// Prints what each domain's service plan says, as JSON, for `mailward reconcile`.
pm_Context::init('mailward');

$found = [];
foreach (pm_Domain::getAllDomains() as $domain) {
    $found[] = [
        'name' => $domain->getName(),
        'enabled' => (bool)$domain->hasPermission(Modules_Mailward_Identity::PERMISSION),
    ];
}
echo json_encode($found, JSON_UNESCAPED_SLASHES), "\n";
