<?php
// Runs before Plesk copies our files, so nothing of ours can be used here.
if (!pm_ProductInfo::isUnix()) {
    echo "Mailward for Plesk runs on Linux only.\n";
    exit(1);
}
if (version_compare(pm_ProductInfo::getVersion(), '18.0.0', '<')) {
    echo 'Mailward needs Plesk Obsidian 18.0.0 or newer; this is '
        . pm_ProductInfo::getVersion() . ".\n";
    exit(1);
}
