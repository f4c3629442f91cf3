<?php
// `plesk repair mail` rewrites the mail server's files; afterwards it asks extensions to do their
// part again. Plesk 18.0.52 and newer have this hook; a timer of ours notices without it.
if (class_exists('Plesk\\SDK\\Hook\\Repair\\Mail')) {
    return new class extends Plesk\SDK\Hook\Repair\Mail {
        public function repairAll(Plesk\SDK\Repair\Context $context): void
        {
            $this->reconcile();
        }

        public function repairDomains(array $names, Plesk\SDK\Repair\Context $context): void
        {
            $this->reconcile();
        }

        public function repairMailnames(array $names, Plesk\SDK\Repair\Context $context): void
        {
            $this->reconcile();
        }

        private function reconcile(): void
        {
            pm_Context::init('mailward');
            pm_ApiCli::callSbin('mailward-setup', ['reconcile'], pm_ApiCli::RESULT_FULL);
        }
    };
}
