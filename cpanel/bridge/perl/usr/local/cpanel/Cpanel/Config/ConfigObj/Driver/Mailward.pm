package Cpanel::Config::ConfigObj::Driver::Mailward;

# A reseller's privilege of our own in WHM: who has it sees Mailward for the customers they look
# after. cPanel finds it by its place.

use strict;
use warnings;

use Cpanel::Config::ConfigObj::Driver::Mailward::META ();

use parent 'Cpanel::Config::ConfigObj::Interface::Config::v1';

our $VERSION = $Cpanel::Config::ConfigObj::Driver::Mailward::META::VERSION;

sub init {
    my ($class, $software) = @_;
    my $defaults = { thirdparty_ns => 'Mailward', meta => {} };
    return $class->SUPER::base($defaults, $software);
}

# There is nothing to switch: the privilege is all.
sub enable  { return 1 }
sub disable { return 1 }

sub info {
    my ($self) = @_;
    return $self->meta()->abstract();
}

sub acl_desc {
    return [
        {
            acl              => 'software-Mailward',
            default_value    => 0,
            default_ui_value => 0,
            name             => 'Mailward (mail security of own accounts)',
            acl_subcat       => 'Third Party Services',
        },
    ];
}

1;
