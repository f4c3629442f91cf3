"""A configuration of Exim with DirectAdmin's include points, written for these tests alone.

Facts: facts/directadmin.md 2.1 and 2.2. `exim.py` fills in ports; ``build exim_conf`` of the double
writes it anew.
"""

from __future__ import annotations

SKELETON = r"""
.include_if_exists /etc/exim.variables.conf
.include_if_exists /etc/exim.strings.conf
.include_if_exists /etc/exim.strings.conf.custom
.include_if_exists /etc/exim.variables.conf.post

primary_hostname = mail.example.test
exim_user = mail
exim_group = mail
spool_directory = /var/spool/exim
log_file_path = /var/log/exim/%slog
pid_file_path = /run/exim.pid
never_users = root
keep_environment =
smtp_accept_max_per_host = 0
tls_advertise_hosts = *
tls_certificate = /etc/ssl/certs/ssl-cert-snakeoil.pem
tls_privatekey = /etc/ssl/private/ssl-cert-snakeoil.key
auth_advertise_hosts = *
log_selector = +delivery_size +sender_on_delivery +received_recipients +received_sender \
  +smtp_confirmation +subject +smtp_incomplete_transaction +arguments

domainlist local_domains = lsearch;/etc/virtual/domains
domainlist relay_to_domains =
hostlist relay_from_hosts = :

acl_smtp_connect = acl_connect
acl_smtp_helo = acl_check_helo
acl_smtp_auth = acl_check_auth
acl_smtp_mail = ${if ={$interface_port}{@SUBMISSION@}{accept}{acl_check_mail}}
acl_smtp_rcpt = acl_check_recipient
acl_smtp_data = acl_check_message
acl_not_smtp = acl_script

begin acl

acl_connect:
  .include_if_exists /etc/exim.easy_spam_fighter/connect.conf
  accept

acl_check_helo:
  .include_if_exists /etc/exim.acl_check_helo.pre.conf
  accept hosts = :
  .include_if_exists /etc/exim.acl_check_helo.post.conf
  accept

acl_check_auth:
  accept

acl_check_mail:
  .include_if_exists /etc/exim.easy_spam_fighter/check_mail.conf
  accept

acl_check_recipient:
  .include_if_exists /etc/exim.acl_check_recipient.pre.conf
  drop authenticated = *
       condition = ${lookup{$authenticated_id}lsearch{/etc/virtual/blacklist_smtp_usernames}{yes}}
       message = you are blocked
  accept hosts = :
  .include_if_exists /etc/exim.acl_check_recipient.mid.conf
  accept authenticated = *
  accept domains = +local_domains
  .include_if_exists /etc/exim.acl_check_recipient.post.conf
  deny message = relay not permitted

acl_check_message:
  .include_if_exists /etc/exim.acl_check_message.pre.conf
  .include_if_exists /etc/exim.acl_check_message.post.conf
  accept

acl_script:
  .include_if_exists /etc/exim.acl_script.pre.conf
  accept

begin routers

.include_if_exists /etc/exim.routers.pre.conf

mailboxes:
  driver = accept
  domains = +local_domains
  condition = ${lookup{$local_part}lsearch\
    {/etc/virtual/${lookup{$domain}dsearch{/etc/virtual}}/passwd}{yes}{no}}
  transport = nowhere
  no_more

unknown:
  driver = redirect
  domains = +local_domains
  allow_fail
  data = :fail: 550 5.1.1 no such mailbox

elsewhere:
  driver = accept
  transport = nowhere

begin transports

.include_if_exists /etc/exim.transports.pre.conf

nowhere:
  driver = appendfile
  file = /dev/null
  user = mail
  group = mail

begin retry

*  *  F,1h,10m

begin authenticators

plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if crypteq{$auth3}{@HASH2@}}
  server_set_id = ${lc:$auth2}

login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${if crypteq{$auth2}{@HASH1@}}
  server_set_id = ${lc:$auth1}

.include_if_exists /etc/exim.authenticators.post.conf
"""

VARIABLES = """\
daemon_smtp_ports = @PORTS@
tls_on_connect_ports = @SUBMISSIONS@
local_interfaces = @INTERFACES@
hosts_proxy = @PROXY@
"""
"""Made by the double as DirectAdmin makes its own, from an administrator's settings."""

HASH = (
    r"${extract{1}{:}{${if match{@AUTH@}{\N@\N}"
    r"{${lookup{${local_part:@AUTH@}}lsearch"
    r"{/etc/virtual/${lookup{${domain:@AUTH@}}dsearch{/etc/virtual}}/passwd}{$value}{*}}}"
    r"{${lookup{@AUTH@}lsearch{/etc/exim.system_users}{$value}{*}}}}}}"
)
"""The hash of a mailbox's password, or of a system user's."""


def skeleton(submission: int) -> str:
    """The configuration."""
    text = SKELETON.lstrip().replace("@SUBMISSION@", str(submission))
    for number in ("1", "2"):
        text = text.replace(f"@HASH{number}@", HASH.replace("@AUTH@", f"$auth{number}"))
    return text


def variables(ports: dict[str, int], interfaces: str, proxy: str) -> str:
    """The main options that are in a file of their own."""
    return (
        VARIABLES.replace("@PORTS@", " : ".join(map(str, ports.values())))
        .replace("@SUBMISSIONS@", str(ports["submissions"]))
        .replace("@INTERFACES@", interfaces)
        .replace("@PROXY@", proxy)
    )
