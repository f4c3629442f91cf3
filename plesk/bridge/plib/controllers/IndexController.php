<?php
// The page in Plesk's own frame: a title, and Mailward inside an iframe of the same origin.
class IndexController extends pm_Controller_Action
{
    protected $_accessLevel = ['admin', 'reseller', 'client'];

    public function indexAction()
    {
        $identity = Modules_Mailward_Identity::ofSession();
        if ($identity === null) {
            $this->_status->addMessage('error', pm_Locale::lmsg('notAllowed'));
        }
        $this->view->pageTitle = pm_Locale::lmsg('title');
        $this->view->allowed = $identity !== null;
        $this->view->source = Modules_Mailward_Relay::prefix() . $this->_route();
        $this->view->script = pm_Context::getBaseUrl() . 'frame.js';
        $this->view->frameTitle = pm_Locale::lmsg('title');
    }

    // A button on a domain's page leads to that domain; others to the first page.
    private function _route()
    {
        $id = $this->_getParam('site_id', $this->_getParam('dom_id'));
        if (!is_scalar($id) || !ctype_digit((string)$id)) {
            return '/';
        }
        try {
            if (!pm_Session::getClient()->hasAccessToDomain((int)$id)) {
                return '/';
            }
            $name = pm_Domain::getByDomainId((int)$id)->getName();
        } catch (Exception $error) {
            return '/';
        }
        return '/domains/' . rawurlencode($name);
    }
}
