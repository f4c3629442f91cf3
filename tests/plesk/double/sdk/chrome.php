<?php
// The pages around extensions: the panel's menu with the buttons that extensions ask for, a domain's
// page, and a service plan's permissions. Plain, and nobody's design: what Plesk draws is Plesk's.

const PSA_STYLE = <<<'CSS'
* { box-sizing: border-box }
body { margin: 0; display: grid; grid: auto 1fr / 13rem 1fr; min-height: 100vh;
       font: 15px/1.5 "DejaVu Sans", sans-serif; color: #222; background: #f5f6f8 }
header { grid-column: 1 / 3; padding: .6rem 1.2rem; color: #fff; background: #33404d;
         display: flex; justify-content: space-between }
nav { padding: 1rem 0; background: #e7eaee }
nav a { display: flex; gap: .6rem; padding: .45rem 1.2rem; color: inherit; text-decoration: none }
nav a[aria-current] { background: #fff; font-weight: bold }
nav img, .button img { width: 1.4rem; height: 1.4rem }
main { min-width: 0; padding: 1rem 1.5rem }
h1 { margin: 0 0 .8rem; font-size: 1.5rem; font-weight: normal }
h2 { font-size: 1.05rem }
.button { display: inline-flex; gap: .6rem; align-items: center; padding: .6rem 1rem;
          color: inherit; text-decoration: none; background: #fff; border: 1px solid #c8ced5 }
.box { max-width: 46rem; padding: 1rem 1.2rem; background: #fff; border: 1px solid #c8ced5 }
.box p { margin: .2rem 0 0 1.7rem; color: #555 }
.error { padding: .6rem 1rem; background: #fbe3e4 }
CSS;

// The buttons of all extensions at one place of the panel, as HTML.
function psa_buttons($place, array $params, $class)
{
    $found = '';
    foreach (glob(PSA_ROOT . '/admin/htdocs/modules/*', GLOB_ONLYDIR) as $folder) {
        $id = basename($folder);
        pm_Context::init($id);
        $hook = 'Modules_' . ucfirst($id) . '_CustomButtons';
        foreach (class_exists($hook) ? (new $hook())->getButtons() : [] as $button) {
            $visible = !isset($button['visibility'])
                || call_user_func($button['visibility'], $params);
            if ($button['place'] !== $place || !$visible) {
                continue;
            }
            $link = $button['link'];
            $link .= empty($button['contextParams']) ? '' : '?' . http_build_query($params);
            $here = strpos($_SERVER['REQUEST_URI'], pm_Context::getBaseUrl()) === 0;
            $found .= '<a class="' . $class . '" href="' . htmlspecialchars($link) . '"'
                . ($here && $class === '' ? ' aria-current="page"' : '') . ' title="'
                . htmlspecialchars($button['description']) . '"><img alt="" src="'
                . htmlspecialchars($button['icon']) . '">'
                . htmlspecialchars($button['title']) . '</a>';
        }
    }
    return $found;
}

// A page of the panel. inside: its HTML.
function psa_page($title, $inside, $token)
{
    $client = pm_Session::getClient();
    $places = ['admin' => pm_Hook_CustomButtons::PLACE_ADMIN_NAVIGATION,
        'reseller' => pm_Hook_CustomButtons::PLACE_RESELLER_NAVIGATION];
    $role = $client->isAdmin() ? 'admin' : ($client->isReseller() ? 'reseller' : 'client');
    $menu = '<a href="/">Home</a>';
    foreach ($role === 'client' ? pm_Domain::getDomainsByClient($client) : [] as $domain) {
        $menu .= '<a href="/domain?id=' . $domain->getId() . '">' . $domain->getName() . '</a>';
    }
    $menu .= $role === 'admin' ? '<a href="/plan">Service plan</a>' : '';
    $menu .= isset($places[$role]) ? psa_buttons($places[$role], [], '') : '';
    header('X-Frame-Options: SAMEORIGIN');
    header('Content-Type: text/html; charset=utf-8');
    echo '<!doctype html><html lang="en"><head><title>', htmlspecialchars($title), '</title>',
        '<meta name="forgery_protection_token" id="forgery_protection_token" content="', $token,
        '"><style>', PSA_STYLE, '</style></head><body><header><b>Hosting panel</b><span>',
        htmlspecialchars($client->getLogin()), '</span></header><nav>', $menu, '</nav><main><h1>',
        htmlspecialchars($title), '</h1>', $inside, '</main></body></html>';
}

// A domain's page, with what extensions offer for its mail.
function psa_domain($token)
{
    $id = isset($_GET['id']) ? (int)$_GET['id'] : 0;
    if (!pm_Session::getClient()->hasAccessToDomain($id)) {
        http_response_code(404);
        return;
    }
    $params = ['dom_id' => $id, 'site_id' => $id];
    $place = pm_Hook_CustomButtons::PLACE_DOMAIN_PROPERTIES_DYNAMIC;
    $inside = '<div class="box"><h2>Mail</h2>' . psa_buttons($place, $params, 'button') . '</div>';
    psa_page(pm_Domain::getByDomainId($id)->getName(), $inside, $token);
}

// A service plan: what extensions let it switch.
function psa_plan($token)
{
    $inside = '<div class="box"><h2>Permissions</h2>';
    foreach (glob(PSA_ROOT . '/admin/htdocs/modules/*', GLOB_ONLYDIR) as $folder) {
        pm_Context::init(basename($folder));
        $hook = 'Modules_' . ucfirst(basename($folder)) . '_Permissions';
        foreach (class_exists($hook) ? (new $hook())->getPermissions() : [] as $permission) {
            $inside .= '<label><input type="checkbox"' . ($permission['default'] ? ' checked' : '')
                . '> ' . htmlspecialchars($permission['name']) . '</label><p>'
                . htmlspecialchars($permission['description']) . '</p>';
        }
    }
    psa_page('Service plan “Gold”', $inside . '</div>', $token);
}
