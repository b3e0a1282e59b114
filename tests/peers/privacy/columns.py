"""Labelled columns, French and English, with made-up values in real formats: [(name, language, kinds, values)].

The values come from Faker and from the formats' own rules, never from the lists of the program that is judged. `kinds` is
the set of kinds that a data-protection officer would name; empty for columns without personal data.
"""

import random
import string

from faker import Faker

ROWS = 200
VAGUE = ("col_7", "valeur", "x3", "field12", "data")


def nir(numbers):
    """A French social security number with its key."""
    department = numbers.choice([f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"])
    head = (
        f"{numbers.choice('12')}{numbers.randrange(30, 99):02d}{numbers.randrange(1, 13):02d}{department}"
        f"{numbers.randrange(1, 500):03d}{numbers.randrange(1, 700):03d}"
    )
    key = 97 - int(head.replace("2A", "19").replace("2B", "18")) % 97
    return f"{head}{key:02d}"


def luhn(head):
    """`head` with Luhn's digit."""
    total = 0
    for place, digit in enumerate(reversed(head)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return head + str(-total % 10)


def digits(numbers, size):
    return "".join(numbers.choice(string.digits) for _ in range(size))


def grouped(text, sizes, by=" "):
    out, at = [], 0
    for size in sizes:
        out.append(text[at:at + size])
        at += size
    return by.join(out)


def siv(numbers):
    letters = "ABCDEFGHJKLMNPQRSTVWXYZ"
    pair = lambda: numbers.choice(letters) + numbers.choice(letters)  # noqa: E731
    return f"{pair()}-{numbers.randrange(1, 1000):03d}-{pair()}"


def british_plate(numbers):
    letters = "ABCDEFGHJKLMNOPRSTUVWXY"
    return "".join(
        (
            numbers.choice(letters),
            numbers.choice(letters),
            f"{numbers.randrange(2, 73):02d} ",
            *(numbers.choice(letters) for _ in range(3)),
        )
    )


def french_phone(numbers, by=" "):
    return grouped("0" + numbers.choice("1234567") + digits(numbers, 8), (2, 2, 2, 2, 2), by)


def makers(fake, uk, us, numbers):
    """kind -> language -> [(names of the column, how a cell is made)]."""
    comments_fr = (
        "Appelé {p} le matin, rappeler demain.",
        "Le client {p} attend une réponse du service.",
        "Dossier transmis par {p} au comptable.",
    )
    comments_en = (
        "Spoke to {p} this morning, will call back.",
        "{p} is waiting for an answer from billing.",
        "File handed over by {p} to the accountant.",
    )
    plain_fr = ("Colis reçu en bon état ce matin.", "Le client attend une réponse du service.", "Rien à signaler sur la ligne.")
    plain_en = ("Parcel arrived in good shape today.", "The customer waits for an answer.", "Nothing to report on the line.")
    ill_fr = (
        "diabète de type 2",
        "asthme",
        "hypertension artérielle",
        "dépression",
        "cancer du sein",
        "migraine chronique",
        "aucun",
    )
    ill_en = ("type 2 diabetes", "asthma", "hypertension", "depression", "breast cancer", "chronic migraine", "none")
    pick = numbers.choice

    def named(patterns, plain, person, share):
        return lambda: pick(patterns).format(p=person()) if numbers.random() < share else pick(plain)

    return {
        "first_name": {
            "fr": [(("prenom", "Prénom", *VAGUE[:2]), fake.first_name)],
            "en": [(("first_name", "given name", *VAGUE[2:4]), us.first_name)],
        },
        "last_name": {
            "fr": [(("nom", "Nom de famille", "nom_usage"), fake.last_name), (("Nom",), lambda: fake.last_name().upper())],
            "en": [(("last_name", "surname", "family name"), uk.last_name)],
        },
        "full_name": {
            "fr": [
                (("nom_complet", "client", "titulaire", VAGUE[1]), lambda: fake.first_name() + " " + fake.last_name()),
                (("patient", VAGUE[0]), lambda: fake.last_name().upper() + " " + fake.first_name()),
                (("contact", VAGUE[3]), lambda: pick(("M. ", "Mme ")) + fake.last_name()),
            ],
            "en": [
                (("full_name", "name", "customer", VAGUE[2]), lambda: us.first_name() + " " + us.last_name()),
                (("employee", VAGUE[4]), lambda: uk.last_name() + ", " + uk.first_name()),
            ],
        },
        "email": {"fr": [(("courriel", "email", VAGUE[1]), fake.email)], "en": [(("e-mail", "mail", VAGUE[2]), us.email)]},
        "phone": {
            "fr": [
                (("telephone", "mobile", VAGUE[0]), lambda: french_phone(numbers)),
                (("tel", VAGUE[1]), lambda: french_phone(numbers, ".")),
                (("portable",), lambda: french_phone(numbers, "")),
                (("numero", VAGUE[4]), lambda: "+33 " + french_phone(numbers)[1:]),
            ],
            "en": [
                (("phone", "mobile", VAGUE[3]), lambda: f"({pick('23456789')}{digits(numbers, 2)}) 555-{digits(numbers, 4)}"),
                (("phone number", VAGUE[2]), lambda: f"+44 20 7946 {digits(numbers, 4)}"),
                (("cell",), lambda: f"{pick('23456789')}{digits(numbers, 2)}-555-{digits(numbers, 4)}"),
            ],
        },
        "address": {
            "fr": [
                (("adresse", "domicile", VAGUE[0]), fake.street_address),
                (("rue", VAGUE[1]), lambda: f"{numbers.randrange(1, 200)} rue {fake.last_name()}"),
            ],
            "en": [
                (("address", "street", VAGUE[2]), us.street_address),
                (("home address", VAGUE[3]), lambda: f"{numbers.randrange(1, 200)} {uk.last_name()} Road"),
            ],
        },
        "postal_code": {
            "fr": [(("code_postal", "CP"), lambda: f"{numbers.randrange(1, 96):02d}{numbers.randrange(0, 1000):03d}")],
            "en": [(("postcode", VAGUE[4]), uk.postcode), (("zip", "zipcode"), us.postcode)],
        },
        "birth_date": {
            "fr": [(("date_naissance", "né le", "DDN"), lambda: fake.date_of_birth(None, 18, 90).strftime("%d/%m/%Y"))],
            "en": [(("birth_date", "dob", "date of birth"), lambda: us.date_of_birth(None, 18, 90).isoformat())],
        },
        "iban": {
            "fr": [(("iban", "compte", VAGUE[0]), fake.iban), (("RIB", VAGUE[1]), lambda: grouped(fake.iban(), (4,) * 7))],
            "en": [(("IBAN", "account", VAGUE[2]), uk.iban)],
        },
        "card": {
            "fr": [(("carte_bancaire", VAGUE[0]), lambda: grouped(luhn("4" + digits(numbers, 14)), (4,) * 4))],
            "en": [(("card number", VAGUE[2]), lambda: luhn("5" + pick("12345") + digits(numbers, 13)))],
        },
        "nir": {
            "fr": [
                (("nir", "numero_secu", VAGUE[0]), lambda: nir(numbers)),
                (("N° sécurité sociale", VAGUE[1]), lambda: grouped(nir(numbers), (1, 2, 2, 2, 3, 3, 2))),
            ]
        },
        "national_id": {
            "en": [(("ssn", VAGUE[2]), us.ssn), (("NINO", VAGUE[3]), lambda: "AB" + digits(numbers, 6) + pick("ABCD"))]
        },
        "siren": {
            "fr": [
                (("siren", VAGUE[0]), lambda: luhn(digits(numbers, 8))),
                (("SIRET", VAGUE[1]), lambda: grouped(luhn(digits(numbers, 13)), (3, 3, 3, 5))),
            ]
        },
        "plate": {
            "fr": [(("immatriculation", "plaque", VAGUE[0]), lambda: siv(numbers))],
            "en": [(("number plate", "registration", VAGUE[2]), lambda: british_plate(numbers))],
        },
        "ip_address": {"fr": [(("adresse_ip",), fake.ipv4), ((VAGUE[0],), fake.ipv6)], "en": [(("ip", VAGUE[2]), us.ipv4)]},
        "health": {
            "fr": [(("diagnostic", "pathologie", VAGUE[0]), lambda: pick(ill_fr))],
            "en": [
                (("diagnosis", "medical condition", VAGUE[2]), lambda: pick(ill_en)),
                (("icd10",), lambda: pick("EFIJM") + digits(numbers, 2) + "." + digits(numbers, 1)),
            ],
        },
        "coordinates": {
            "fr": [
                (("coordonnees_gps", VAGUE[0]), lambda: f"{fake.latitude()}, {fake.longitude()}"),
                (("latitude",), lambda: f"{numbers.uniform(42, 51):.5f}"),
            ],
            "en": [
                (("lat lon", VAGUE[2]), lambda: f"{numbers.uniform(50, 58):.4f},{numbers.uniform(-5, 1):.4f}"),
                (("lon", "longitude"), lambda: f"{numbers.uniform(-120, -70):.6f}"),
            ],
        },
        "free_text": {
            "fr": [
                (("commentaire", "remarque", VAGUE[0]), named(comments_fr, plain_fr, fake.name, 0.4)),
                (("observations", VAGUE[1]), named(comments_fr, plain_fr, lambda: "Mme " + fake.last_name(), 0.05)),
            ],
            "en": [
                (("comment", "notes", VAGUE[2]), named(comments_en, plain_en, us.name, 0.4)),
                (("message", VAGUE[3]), named(comments_en, plain_en, lambda: "Mr " + us.last_name(), 0.05)),
            ],
        },
    }


def rare(fake, numbers):
    """Columns that are personal in about one row of a hundred."""
    fillers = {"fr": ("Livré", "En attente", "Retour"), "en": ("Delivered", "Pending", "Returned")}
    hidden = [
        ("email", "fr", fake.email),
        ("email", "en", fake.email),
        ("iban", "fr", fake.iban),
        ("nir", "fr", lambda: nir(numbers)),
        ("phone", "fr", lambda: french_phone(numbers)),
        ("card", "en", lambda: grouped(luhn("4" + digits(numbers, 14)), (4,) * 4)),
    ]
    for kind, language, make in hidden:
        values = [numbers.choice(fillers[language]) for _ in range(2 * ROWS)]
        for place in numbers.sample(range(2 * ROWS), 4):
            values[place] = make()
        yield "statut" if language == "fr" else "status", language, {kind}, values


def harmless(fake, us, numbers):
    """Names and cells that look like what they are not."""
    pick = numbers.choice
    cities = {"fr": [fake.city() for _ in range(40)], "en": [us.city() for _ in range(40)]}
    made = {
        "fr": [
            ("nom", lambda: pick(("Vis", "Écrou", "Rondelle", "Boulon", "Clou", "Cheville"))),
            ("nom_produit", lambda: pick(("Chaise pliante", "Table basse", "Lampe de bureau", "Canapé trois places"))),
            ("societe", lambda: fake.company()),
            ("raison_sociale", lambda: fake.last_name() + " SARL"),
            ("ville", lambda: pick(cities["fr"])),
            ("pays", lambda: fake.country()),
            ("couleur", lambda: pick(("Rose", "Vert", "Bleu", "Violet"))),
            ("mois", lambda: pick(("janvier", "avril", "mai", "juin"))),
            ("jour", lambda: pick(("lundi", "mardi", "jeudi"))),
            ("date_commande", lambda: fake.date_between("-5y").strftime("%d/%m/%Y")),
            ("date_facture", lambda: fake.date_between("-9y").isoformat()),
            ("reference", lambda: digits(numbers, 10)),
            ("ean", lambda: digits(numbers, 13)),
            ("numero_commande", lambda: digits(numbers, 9)),
            ("code_article", lambda: pick("ABC") + digits(numbers, 2)),
            ("montant", lambda: f"{numbers.uniform(1, 900):.2f}"),
            ("taux", lambda: f"{numbers.random():.5f}"),
            ("quantite", lambda: str(numbers.randrange(1, 90))),
            ("id", lambda: digits(numbers, 14)),
            ("identifiant", lambda: digits(numbers, 16)),
            ("serie", lambda: digits(numbers, 15)),
            ("version", lambda: f"{numbers.randrange(9)}.{numbers.randrange(20)}.{numbers.randrange(9)}"),
            ("statut", lambda: pick(("Actif", "Inactif", "En attente"))),
            ("remarque", lambda: pick(("Colis abîmé à la livraison.", "Rien à signaler cette semaine encore."))),
            ("description", lambda: fake.sentence(8)),
            ("url", lambda: fake.url()),
            ("heure", lambda: f"{numbers.randrange(24):02d}:{numbers.randrange(60):02d}"),
            ("annee", lambda: str(numbers.randrange(1950, 2024))),
            ("departement", lambda: f"{numbers.randrange(1, 96):02d}"),
            ("surface", lambda: str(numbers.randrange(10000, 99999))),
            ("metier", lambda: fake.job()),
            ("valeur", lambda: pick(cities["fr"])),
            ("col_7", lambda: digits(numbers, 10)),
            ("x3", lambda: fake.date_between("-4y").isoformat()),
            ("data", lambda: fake.word()),
            ("numero", lambda: digits(numbers, 6)),
            ("mail_envoye", lambda: pick(("oui", "non"))),
            ("classe", lambda: pick(("A", "B", "C"))),
            ("temperature", lambda: f"{numbers.uniform(-5, 35):.3f}"),
            ("marque", lambda: pick(("Renault", "Peugeot", "Citroën", "Dacia"))),
        ],
        "en": [
            ("name", lambda: pick(("Bolt", "Washer", "Screw", "Hinge", "Bracket"))),
            ("product", lambda: pick(("Folding chair", "Desk lamp", "Side table"))),
            ("company", lambda: us.company()),
            ("vendor", lambda: us.last_name() + " Ltd"),
            ("city", lambda: pick(cities["en"])),
            ("state", lambda: us.state()),
            ("country", lambda: us.country()),
            ("colour", lambda: pick(("Red", "Violet", "Green", "Amber"))),
            ("month", lambda: pick(("April", "May", "June", "August"))),
            ("order_date", lambda: us.date_between("-5y").isoformat()),
            ("release_date", lambda: us.date_between("-40y").isoformat()),
            ("order_id", lambda: digits(numbers, 10)),
            ("sku", lambda: "-".join((digits(numbers, 3), digits(numbers, 3)))),
            ("upc", lambda: digits(numbers, 12)),
            ("tracking", lambda: digits(numbers, 16)),
            ("serial", lambda: pick("ABC") + digits(numbers, 8)),
            ("amount", lambda: f"{numbers.uniform(1, 900):.2f}"),
            ("rate", lambda: f"{numbers.random():.6f}"),
            ("score", lambda: f"{numbers.uniform(-3, 3):.4f}"),
            ("version", lambda: f"v{numbers.randrange(9)}.{numbers.randrange(20)}"),
            ("status", lambda: pick(("Open", "Closed", "Won"))),
            ("comment", lambda: pick(("Great product, fast delivery overall.", "Would not buy this again, sorry."))),
            ("description", lambda: us.sentence(8)),
            ("title", lambda: us.catch_phrase()),
            ("website", lambda: us.url()),
            ("job", lambda: us.job()),
            ("year", lambda: str(numbers.randrange(1950, 2024))),
            ("weekday", lambda: pick(("Monday", "Tuesday", "Sunday"))),
            ("size", lambda: pick(("S", "M", "L", "XL"))),
            ("population", lambda: str(numbers.randrange(10000, 99999))),
            ("col_7", lambda: us.word()),
            ("x3", lambda: digits(numbers, 9)),
            ("field12", lambda: us.date_between("-4y").strftime("%m/%d/%Y")),
            ("data", lambda: us.state()),
            ("gene", lambda: pick("EFGH") + digits(numbers, 2)),
            ("email_opened", lambda: pick(("yes", "no"))),
            ("phone_model", lambda: pick(("Pixel 8", "iPhone 15", "Galaxy S24"))),
            ("account_type", lambda: pick(("basic", "pro"))),
            ("temperature", lambda: f"{numbers.uniform(20, 99):.3f}"),
            ("team", lambda: pick(("Arsenal", "Chelsea", "Everton", "Fulham"))),
        ],
    }
    for language, rows in made.items():
        for name, make in rows:
            yield name, language, set(), [make() for _ in range(ROWS)]


def columns(seed):
    numbers = random.Random(seed)
    fakers = [Faker("fr_FR"), Faker("en_GB"), Faker("en_US")]
    for place, fake in enumerate(fakers):
        fake.seed_instance(seed * 10 + place)
    fake, uk, us = fakers
    out = []
    for kind, by_language in makers(fake, uk, us, numbers).items():
        for language, forms in by_language.items():
            for names, make in forms:
                for name in names:
                    values = [make().replace("\n", ", ") for _ in range(ROWS)]
                    for place in numbers.sample(range(ROWS), numbers.choice((0, 0, 20, 60))):
                        values[place] = ""
                    out.append((name, language, {kind}, values))
    out += rare(fake, numbers)
    out += harmless(fake, us, numbers)
    return out
