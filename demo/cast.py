"""Who lives on the demo's server: a small hoster in Germany, 8 domains, 40 mailboxes.

Four customers and a reseller with two more domains. Names end in `.example`, which RFC 2606 keeps
free for that.
"""

from __future__ import annotations

from random import Random

from msgspec import Struct

from core.settings.account import domain_of
from core.words import Service
from demo import places
from demo.places import Place
from demo.visit import Visit


class Customer(Struct, frozen=True):
    """A hosting account.

    Attributes:
        name: for people.
        domains: its mail domains.
        office: the one address behind which its staff sits.
        reseller: the login of who sold it, "" for the hoster itself.
        plan: what was sold.
    """

    name: str
    domains: tuple[str, ...]
    office: str
    reseller: str = ""
    plan: str = "Business"

    @property
    def login(self) -> str:
        """Its name in the panel."""
        return self.domains[0].partition(".")[0]


RESELLER = "nordlicht"
"""Login of Nordlicht Web."""

CUSTOMERS = (
    Customer("Huber Bakeries", ("huber.example", "brotzeit.example"), "217.91.12.34"),
    Customer("Lind & Partner, lawyers", ("lindlaw.example", "lindtax.example"), "87.139.20.5"),
    Customer("Ahoy Sailing", ("ahoy.example",), "2003:e5:1f0a:4c00::17"),
    Customer("Teekontor", ("teekontor.example",), "62.154.7.90"),
    Customer("Dr Moeller, dentist", ("moeller.example",), "84.56.9.131", RESELLER, "Starter"),
    Customer("Sonnenhof day care", ("sonnenhof.example",), "88.65.3.77", RESELLER, "Starter"),
)
CUSTOMER_OF = {domain: customer for customer in CUSTOMERS for domain in customer.domains}
DOMAINS = tuple(CUSTOMER_OF)


class Mailbox(Struct, frozen=True):
    """A mailbox and the devices that it is read with; a name may stand there more than once."""

    account: str
    devices: tuple[str, ...]


_PEOPLE = {
    "huber.example": {
        "info": "office",
        "max.huber": "office phone phone",
        "anna": "office home",
        "bakery": "office",
        "invoices": "office",
        "shop1": "webmail",
    },
    "brotzeit.example": {"info": "office phone", "orders": "office", "lena": "home phone phone"},
    "lindlaw.example": {
        "office": "office",
        "erik.lind": "office phone phone",
        "sofia": "office home phone",
        "t.berg": "office austria",
        "reception": "office",
        "julia": "home webmail",
    },
    "lindtax.example": {"office": "office", "h.weiss": "office phone", "petra": "swiss phone"},
    "ahoy.example": {
        "info": "office webmail",
        "skipper": "phone phone outlook",
        "jan": "home phone",
        "booking": "office",
        "nele": "gmail",
        "ole": "home",
    },
    "teekontor.example": {
        "shop": "server server",
        "news": "office",
        "mila": "office phone phone",
        "service": "office webmail",
        "storage": "office",
    },
    "moeller.example": {
        "praxis": "office office",
        "dr.moeller": "home phone outlook",
        "desk": "office",
    },
    "sonnenhof.example": {
        "head": "office phone",
        "group1": "office",
        "group2": "office",
        "elke": "home phone",
        "kitchen": "webmail",
        "parents": "gmail",
        "board": "home gmail",
        "tim": "phone phone",
    },
}

MAILBOXES = tuple(
    Mailbox(f"{user}@{domain}", tuple(devices.split()))
    for domain, users in _PEOPLE.items()
    for user, devices in users.items()
)
ACCOUNTS = tuple(mailbox.account for mailbox in MAILBOXES)

NEWSLETTER = "news@teekontor.example"
SHOP = "shop@teekontor.example"
FREQUENT_TRAVELLER = "erik.lind@lindlaw.example"
TRAVELLERS = ("sofia@lindlaw.example", "h.weiss@lindtax.example", "t.berg@lindlaw.example")
VICTIMS = ("tim@sonnenhof.example", "anna@huber.example", "ole@ahoy.example")
ADMINISTRATOR = "postmaster@nordlicht.example"

GUESSED = ("admin", "info", "test", "office", "sales", "contact", "user", "scan", "support")
"""Names that attackers try in every domain."""

_MOVING: dict[str, Place] = {
    "home": places.HOMES,
    "phone": places.PHONES,
    "austria": places.AUSTRIA,
    "swiss": places.SWITZERLAND,
    "gmail": places.GOOGLE,
    "outlook": places.OUTLOOK,
}
_READING = {
    "webmail": Service.IMAP,
    "gmail": Service.POP3S,
    "server": Service.SUBMISSION,
}
_SENDING = {"webmail": Service.SUBMISSION, "gmail": Service.SMTPS, "phone": Service.SMTPS}


def address_of(mailbox: Mailbox, device: str, day: int) -> str:
    """The address of a device on a day: homes and phones get a new one every day.

    Args:
        mailbox: whose device.
        device: its name.
        day: any number that grows by one each day.
    """
    if device == "office":
        return CUSTOMER_OF[domain_of(mailbox.account)].office
    if device == "webmail":
        return places.LOOPBACK
    if device == "server":
        return places.SHOP_SERVER
    return _MOVING[device].address(Random(f"{mailbox.account} {device} {day}"))


def ordinary(random: Random, day: int) -> Visit:
    """Something that happens all day: a phone looks for mail, somebody sends one.

    One in eight visits sends; a shop's server and its newsletter do nothing else.
    """
    mailbox = random.choice(MAILBOXES)
    device = random.choice(mailbox.devices)
    address = address_of(mailbox, device, day)
    if device == "server" or random.random() < 0.125:
        service = _SENDING.get(device, Service.SUBMISSION)
        mails = random.choice((1, 1, 1, 2, 3))
        return Visit(
            mailbox.account, address, service, mails=mails, recipients=random.choice((1, 1, 2))
        )
    mistyped = device == "home" and random.random() < 0.02
    service = _READING.get(device, Service.IMAPS)
    return Visit(mailbox.account, address, service, knows=not mistyped)


def attack(random: Random) -> Visit:
    """One of a botnet's guesses."""
    if random.random() < 0.6:
        account = random.choice(ACCOUNTS)
    else:
        account = f"{random.choice(GUESSED)}@{random.choice(DOMAINS)}"
    kind = random.choices(("homes", "clouds", "hijacked", "tor"), (50, 30, 16, 4))[0]
    place = {
        "homes": places.pick(places.BOTNET, random),
        "clouds": places.pick(places.CLOUDS, random),
        "hijacked": places.HIJACKED,
        "tor": places.TOR,
    }[kind]
    service = random.choices(
        (Service.SUBMISSION, Service.SMTPS, Service.IMAPS, Service.IMAP, Service.POP3S),
        (34, 16, 26, 14, 10),
    )[0]
    return Visit(account, place.address(random), service, knows=False)
