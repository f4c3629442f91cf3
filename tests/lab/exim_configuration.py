"""The configuration of the lab's Exim, and how panels differ in what it logs.

It knows no machine: `exim.py` fills in ports and paths.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class EximStyle:
    """What differs between panels. plain, login: names of the authenticators; log_selector."""

    plain: str
    login: str
    log_selector: str


DEBIAN = EximStyle(
    plain="plain_server",
    login="login_server",
    log_selector="+smtp_protocol_error +smtp_syntax_error +tls_certificate_verified",
)
CPANEL = EximStyle(
    plain="dovecot_plain",
    login="dovecot_login",
    log_selector="+subject +arguments +received_recipients +incoming_port +incoming_interface",
)
DIRECTADMIN = EximStyle(
    plain="plain",
    login="login",
    log_selector="+delivery_size +sender_on_delivery +received_recipients +received_sender "
    "+smtp_confirmation +subject +smtp_incomplete_transaction +arguments",
)
EVERYTHING = EximStyle(plain="dovecot_plain", login="dovecot_login", log_selector="+all -8bitmime")
"""Every field that this build can log, millisecond, process and zone among them."""

SECTIONS = ("main", "acl", "routers", "transports", "authenticators")

CONFIGURATION = """\
USERS = /etc/exim4/users
primary_hostname = {hostname}
domainlist local_domains = example.test : customer.test : {hostname}
domainlist relay_to_domains =
hostlist relay_from_hosts = :

local_interfaces = {interfaces}
daemon_smtp_ports = {smtp} : {submission} : {submissions}
tls_on_connect_ports = {submissions}
tls_advertise_hosts = *
tls_certificate = {certificate}
tls_privatekey = {private_key}
auth_advertise_hosts = *
hosts_proxy = {hosts_proxy}

log_selector = {log_selector}
log_file_path = /var/log/exim4/%slog
spool_directory = /var/spool/exim4
pid_file_path = /run/exim4.pid
never_users = root
smtp_accept_max_per_host = 0
timezone = {timezone}
acl_smtp_rcpt = acl_check_rcpt
{main}

begin acl

acl_check_rcpt:
  accept hosts = :
  accept authenticated = *
  accept domains = +local_domains
  deny message = relay not permitted

{acl}

begin routers

{routers}

slow:
  driver = redirect
  domains = slow.test
  allow_defer
  data = :defer: 451 4.7.1 come back later

local_user:
  driver = accept
  domains = +local_domains
  condition = ${{lookup{{$local_part@$domain}}lsearch{{USERS}}{{yes}}{{no}}}}
  transport = nowhere
  no_more

unknown_user:
  driver = redirect
  domains = +local_domains
  allow_fail
  data = :fail: 550 5.1.1 no such mailbox

elsewhere:
  driver = accept
  transport = nowhere

begin transports

{transports}

nowhere:
  driver = appendfile
  file = /dev/null
  user = mail
  group = mail

begin retry

*  *  F,1h,10m

begin authenticators

{plain}:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{$auth2}}lsearch{{USERS}}{{$value}}{{\\n}}}}}}}}
  server_set_id = $auth2

{login}:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${{if eq{{$auth2}}{{${{lookup{{$auth1}}lsearch{{USERS}}{{$value}}{{\\n}}}}}}}}
  server_set_id = $auth1

{authenticators}
"""
