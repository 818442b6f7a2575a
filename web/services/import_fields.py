"""What a column of a spreadsheet can be, and the headers that people give it."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from web.reading.names import Names, make_names


def N_(text: str) -> str:  # noqa: N802  # the name that the extraction of strings knows
    """Mark a text for translation."""
    return text


CLIENTS, ASSISTANTS = "clients", "assistants"
KINDS = (CLIENTS, ASSISTANTS)


@dataclass(frozen=True)
class Field:
    """One thing that a column can say; `headers` are names of columns, separated by bars."""

    name: str
    label: str
    headers: str
    kinds: tuple[str, ...] = KINDS
    required: bool = False
    many: bool = False  # several columns may go here


FIELDS: Final = (
    Field("code", N_("Number"),
          "case no|case number|no|nr|number|id|code|client id|file no|file number|reference|ref|client no"
          "|broj|br"
          "|sifra|broj predmeta|broj slucaja|redni broj|r br|rb|oznaka|numero|dossier|n dossier"
          "|numero de dossier"),
    Field("name", N_("Name"),
          "name|name and surname|full name|surname and name|client|client name|assistant|assistant name"
          "|ime i prezime|prezime i ime|ime|klijent|asistent|nom et prenom|nom complet|person"
          "|osoba", required=True),
    Field("first_name", N_("First name"), "first name|given name|prenom|forename|licno ime|kako se zove"),
    Field("last_name", N_("Last name"), "last name|surname|family name|prezime|nom|nom de famille"),
    Field("gender", N_("Gender"), "sex|gender|pol|rod|sexe|genre|m f|f m|m z|pol klijenta", required=True),
    Field("origin", N_("Country of origin"),
          "country of origin|country|origin|nationality|citizenship|zemlja porekla|zemlja|drzava|poreklo"
          "|drzavljanstvo|pays|pays d origine|nationalite|nacionalnost|drzava porekla", required=True),
    Field("languages", N_("Languages"),
          "languages|language|languages level|spoken languages|languages spoken|jezici|jezik|jezici nivo"
          "|koje jezike govori"
          "|langues|langue|langues parlees", required=True),
    Field("needs", N_("Needs"),
          "needs|need|help with|topics|what for|support|services|reason|potrebe|potreba|sta treba|pomoc"
          "|usluge|teme"
          "|oblasti|besoins|besoin|demande", (CLIENTS,)),
    Field("topics", N_("Topics"),
          "topics|topic|areas|helps with|covers|expertise|oblasti|oblast|teme|tema|domaines|domaine"
          "|usluge|u cemu pomaze",
          (ASSISTANTS,)),
    Field("hours", N_("Available"),
          "free when|free|available|availability|when|time|times|hours|free time|working hours|dostupnost"
          "|dostupan"
          "|slobodan|slobodno vreme|vreme|termini|kada moze|kad moze|kada|disponibilite|disponibilites"
          "|disponible"
          "|horaires|raspolozivost|radno vreme"),
    Field("origin_wish", N_("Wish: origin"),
          "wish origin|wish origin of assistant|wish country|same country|wants same country"
          "|origin preference"
          "|zelja poreklo|zelja zemlja|zelja poreklo asistenta|ista zemlja|souhait origine"
          "|souhait pays", (CLIENTS,)),
    Field("gender_wish", N_("Wish: gender"),
          "wish gender|wish sex|gender of assistant|assistant gender|gender preference"
          "|wish gender of assistant|zelja pol"
          "|pol asistenta|zelja pol asistenta|souhait sexe|souhait genre", (CLIENTS,)),
    Field("urgency", N_("Urgency"), "urgency|urgent|priority|hitnost|hitno|prioritet|urgence"
          "|priorite", (CLIENTS,)),
    Field("by", N_("Needs by"),
          "deadline|by|until|needed by|rok|do kada|krajnji rok|date limite|echeance", (CLIENTS,)),
    Field("email", N_("E-mail"),
          "e mail|email|mail|e mail address|email address|e posta|imejl|mejl|mail adresa|courriel"
          "|adresse e mail"),
    Field("phone", N_("Phone"),
          "phone|telephone|phone number|mobile|mobile phone|tel|telefon|broj telefona|mobilni"
          "|kontakt telefon|mob"
          "|numero de telephone|whatsapp|viber"),
    Field("registered_on", N_("Registered on"),
          "registered|registered on|registration|registration date|date|since|datum|datum prijave|prijavljen"
          "|datum registracije|upisan|date d inscription|inscrit le|inscription", (CLIENTS,)),
    Field("max_clients", N_("Clients at most"),
          "max clients|maximum clients|most clients|clients|number of clients|najvise klijenata"
          "|maks klijenata"
          "|max klijenata|broj klijenata|clients max|nombre de clients", (ASSISTANTS,)),
    Field("max_minutes_per_week", N_("Hours a week at most"),
          "hours per week|hours a week|weekly hours|hours weekly|max hours|h week|sati nedeljno"
          "|casova nedeljno"
          "|nedeljno sati|broj sati nedeljno|heures par semaine", (ASSISTANTS,)),
    Field("max_minutes_per_day", N_("Hours a day at most"),
          "hours per day|hours a day|daily hours|sati dnevno|casova dnevno|heures par jour", (ASSISTANTS,)),
    Field("buffer_minutes", N_("Minutes between appointments"),
          "buffer|buffer minutes|break|pause|break between appointments|pauza|razmak"
          "|minuta izmedju", (ASSISTANTS,)),
    Field("accepts_genders", N_("Accepts which clients"),
          "accepts|accepts genders|client gender|gender of clients|works with|prima|radi sa|pol klijenata"
          "|rad sa",
          (ASSISTANTS,)),
    Field("tells_own_story", N_("Mails may say: went through the same"),
          "tells own story|own story|own experience|licno iskustvo", (ASSISTANTS,)),
    Field("places", N_("Places"), "place|places|location|where|mesto|mesta|lokacija|gde|lieu|lieux"),
    Field("mail_language", N_("Language of mails"),
          "mail language|language of mails|correspondence language|jezik mejlova|jezik poste"
          "|langue des courriels"),
    Field("channel", N_("How they are told"),
          "channel|contact channel|preferred channel|contact by|told by|how they are told|preferred contact"
          "|kanal|kanal komunikacije|nacin obavestavanja|obavestavanje|nacin kontakta|canal", (CLIENTS,)),
    Field("max_per_day", N_("Appointments a day at most"),
          "appointments per day|max per day|termina dnevno|najvise dnevno", (CLIENTS,)),
    Field("previous_assistant", N_("Assistant until now"),
          "previous assistant|former assistant|assistant before|dosadasnji asistent"
          "|prethodni asistent", (CLIENTS,)),
    Field("not_with", N_("Never with this assistant"),
          "not with|never with|not assistant|ne sa|nikako sa|ne sa asistentom", (CLIENTS,)),
    Field("remarks", N_("Remarks"),
          "remarks|remark|notes|note|comment|comments|napomena|napomene|komentar|beleska|remarque"
          "|remarques|opaska",
          many=True),
)


@cache
def fields_of(kind: str) -> dict[str, Field]:
    """The fields of clients or of assistants by name, in the order of the page."""
    return {field.name: field for field in FIELDS if kind in field.kinds}


@cache
def header_names(kind: str) -> Names:
    """The known headers of columns."""
    fields = fields_of(kind)
    return make_names([(header, name) for name, field in fields.items()
                       for header in field.headers.split("|")],
                      {name: field.label for name, field in fields.items()})
