<?php
// Tells by Plesk's own mail of accounts that were blocked from sending, as long as Mailward itself
// has no address to tell it to (notify.address): nobody shall read the same twice.
class Modules_Mailward_Notices
{
    const BLOCKED = 'blocked';
    const TOLD = 'told';

    // From now on: what was blocked before is no news.
    public static function begin()
    {
        if (pm_Settings::get(self::TOLD) === null) {
            pm_Settings::set(self::TOLD, (string)time());
        }
    }

    // Tells of each block once; one that Plesk cannot tell of is tried again the next time.
    public static function tellNew()
    {
        if (!class_exists('pm_Notification')) {
            return;
        }
        self::begin();
        $told = (float)pm_Settings::get(self::TOLD);
        $new = array_filter(self::_blocked(), function ($block) use ($told) {
            return $block['started'] > $told;
        });
        usort($new, function ($one, $other) {
            return $one['started'] < $other['started'] ? -1 : 1;
        });
        $mute = $new && self::_hasAddress();
        foreach ($new as $block) {
            if (!$mute) {
                self::_tell($block);
            }
            // With all digits (json_encode keeps them): a block must not be its own successor.
            pm_Settings::set(self::TOLD, json_encode($block['started']));
        }
    }

    private static function _tell(array $block)
    {
        $manager = new pm_Notification();
        $manager->send(self::BLOCKED, [
            'account' => $block['account'],
            'since' => gmdate('Y-m-d H:i', (int)$block['started']) . ' UTC',
            'until' => gmdate('Y-m-d H:i', (int)$block['until']) . ' UTC',
            'why' => isset($block['evidence']) ? $block['evidence'] : '',
        ], self::_owner($block['account']));
    }

    // Whose domain it is, so that Plesk can tell its customer or reseller; null for nobody's.
    private static function _owner($account)
    {
        try {
            $domain = substr((string)strrchr($account, '@'), 1);
            return pm_Domain::getByName($domain)->getClient();
        } catch (Exception $error) {
            return null;
        }
    }

    private static function _blocked()
    {
        $found = self::_ask('blocked');
        $blocks = isset($found['blocked']) && is_array($found['blocked']) ? $found['blocked'] : [];
        return array_filter($blocks, function ($block) {
            return isset($block['account'], $block['started'], $block['until']);
        });
    }

    private static function _hasAddress()
    {
        $found = self::_ask('address');
        return !empty($found['settings']['notify.address']['value']);
    }

    // What `mailward` prints; nothing where it does not answer.
    private static function _ask($verb)
    {
        $result = pm_ApiCli::callSbin('mailward-setup', [$verb], pm_ApiCli::RESULT_FULL);
        $found = $result['code'] === 0 ? json_decode($result['stdout'], true) : null;
        return is_array($found) ? $found : [];
    }
}
