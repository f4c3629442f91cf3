<?php
// Once a day: a licence that was renewed through Plesk is handed over.
pm_Context::init('mailward');
Modules_Mailward_Licensing::handOver();
