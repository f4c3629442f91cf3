<?php
// Every five minutes: accounts that were blocked since are told of by Plesk's own mail.
pm_Context::init('mailward');
Modules_Mailward_Notices::tellNew();
