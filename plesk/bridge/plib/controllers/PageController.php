<?php
// Everything below /modules/mailward/index.php/page: carried to Mailward as it came.
class PageController extends pm_Controller_Action
{
    protected $_accessLevel = ['admin', 'reseller', 'client'];

    public function init()
    {
        parent::init();
        $this->_helper->layout->disableLayout();
        $this->_helper->viewRenderer->setNoRender(true);
    }

    public function indexAction()
    {
        $this->_carry();
    }

    // Plesk makes an action's name of the path's next part; every one of them is ours.
    public function __call($name, $arguments)
    {
        $this->_carry();
    }

    private function _carry()
    {
        $identity = Modules_Mailward_Identity::ofSession();
        if ($identity === null) {
            $this->_answer(403, pm_Locale::lmsg('notAllowed'));
            return;
        }
        $relay = new Modules_Mailward_Relay($identity);
        $problem = $relay->carry();
        if ($problem !== null) {
            $this->_answer($problem[0], pm_Locale::lmsg($problem[1]));
        }
    }

    private function _answer($status, $text)
    {
        http_response_code($status);
        header('Content-Type: text/plain; charset=utf-8');
        header('Cache-Control: no-store');
        echo $text;
    }
}
