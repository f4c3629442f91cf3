package Mailward::Seal;

# Signs who is looking, for Mailward's pages (docs/bridge.md of Mailward). Only root can use it,
# because only root can read the secret. Does not know where the claim comes from.

use strict;
use warnings;

use Digest::SHA  ();
use Fcntl        ();
use JSON::PP     ();
use MIME::Base64 ();

our $SECRET = '/var/lib/mailward/web.secret';

# The two headers of a request, viewer and signature; an empty list while there is no secret.
#   $claim: what docs/bridge.md calls the viewer; $method, $target: as in the request line;
#   $digest: SHA-256 of the body in hexadecimal.
sub headers {
    my ($claim, $method, $target, $digest) = @_;
    my $secret = _secret();
    return if $secret eq '';
    my $nonce = _nonce();
    return if $nonce eq '';
    my $viewer = _base64(JSON::PP->new->utf8->canonical->encode($claim));
    my $time   = time;
    my $text   = join "\n", 'mailward-1', $method, $target, $digest, $time, $nonce, $viewer;
    my $mark   = Digest::SHA::hmac_sha256_hex($text, $secret);
    return ($viewer, "t=$time,n=$nonce,s=$mark");
}

# What stays the same during a session of the panel's, and tells nobody its number.
sub session {
    my ($number) = @_;
    return Digest::SHA::sha256_hex("mailward:$number");
}

# Its folder is the daemon's: what a link in it leads to is no secret of ours.
sub _secret {
    sysopen(my $file, $SECRET, Fcntl::O_RDONLY() | Fcntl::O_NOFOLLOW()) or return '';
    my $read = sysread $file, my $secret, 4096;
    return '' if !$read;
    $secret =~ s/\A\s+|\s+\z//g;
    return $secret;
}

sub _nonce {
    open(my $random, '<:raw', '/dev/urandom') or return '';
    my $read = sysread $random, my $octets, 18;
    return $read && $read == 18 ? _base64($octets) : '';
}

# For addresses: RFC 4648, section 5.
sub _base64 {
    my ($octets) = @_;
    my $text = MIME::Base64::encode_base64($octets, '');
    $text =~ tr{+/}{-_};
    return $text;
}

1;
