<?php
// What Plesk can tell of by its own mail: Tools & Settings > Notifications says whom, and in which
// words. A Plesk that does not know such hooks finds no class here.
if (class_exists('pm_Hook_Notifications')) {
    class Modules_Mailward_Notifications extends pm_Hook_Notifications
    {
        public function getNotifications()
        {
            return [
                Modules_Mailward_Notices::BLOCKED => [
                    'title' => pm_Locale::lmsg('blockedTitle'),
                    'notifyAdmin' => true,
                    'notifyResellers' => false,
                    'notifyClients' => false,
                    'notifyCustomEmail' => false,
                    'customEmail' => '',
                    'subject' => pm_Locale::lmsg('blockedSubject'),
                    'message' => pm_Locale::lmsg('blockedMessage'),
                ],
            ];
        }
    }
}
