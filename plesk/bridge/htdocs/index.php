<?php
// Plesk calls this for every address below /modules/mailward/index.php.
pm_Context::init('mailward');
(new pm_Application())->run();
