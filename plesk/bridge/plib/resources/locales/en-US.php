<?php
$messages = [
    'title' => 'Mailward',
    'description' => 'Who may log in to mail, from where, and how much they may send.',
    'permission' => 'Mailward',
    'permissionDescription' => 'Customers see Mailward\'s pages and set rules for their own domains. '
        . 'The server\'s own protection does not depend on it.',
    'blockedTitle' => 'Mailward: a mailbox was blocked from sending',
    'blockedSubject' => 'Mailward: <account> may not send until <until>',
    'blockedMessage' => "The mailbox <account> was blocked from sending at <since>.\n\n<why>\n\n"
        . 'It may send again from <until>. To release it before, open Mailward, Send limits.',
    'notAllowed' => 'Your service plan does not include Mailward. Ask your provider.',
    'badAddress' => 'There is no such page.',
    'badMethod' => 'This cannot be done here.',
    'noSecret' => 'Mailward is not set up completely. As root: mailward doctor',
    'noUploads' => 'Files are not sent this way. Open the page again and choose the file there.',
    'notRunning' => 'Mailward\'s pages do not answer; logins and mails are protected all the same. '
        . 'As root: systemctl status mailward-web',
    'tooLarge' => 'That is more than Mailward takes at once.',
    'tooSlow' => 'Mailward\'s pages took too long to answer. Try again.',
];
