<?php
// Since Plesk 18.0.52.

namespace Plesk\SDK\Repair;

class Context
{
}

namespace Plesk\SDK\Hook\Repair;

abstract class Mail
{
    abstract public function repairAll(\Plesk\SDK\Repair\Context $context): void;

    abstract public function repairDomains(array $names, \Plesk\SDK\Repair\Context $context): void;

    abstract public function repairMailnames(array $names, \Plesk\SDK\Repair\Context $context): void;
}
