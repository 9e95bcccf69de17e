"""DOCX and XLSX: text, tables, pictures, charts and links; no macros, objects, fields or formulas that fetch or run."""

import re
from typing import Any
from urllib.parse import unquote
from xml.sax.handler import ContentHandler

from portal.core.files.archives import MAX_UNPACKED, Archive, read_xml, suffix_of
from portal.core.files.exceptions import FileRefused
from portal.core.files.links import is_safe_link

_MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
MAIN_TYPES = {"docx": _MAIN.format("wordprocessingml.document"), "xlsx": _MAIN.format("spreadsheetml.sheet")}
CONTENT_TYPES = "[content_types].xml"
XML_SUFFIXES = frozenset({"xml", "rels", "vml"})
OTHER_SUFFIXES = frozenset(
    {"png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "tif", "tiff", "emf", "wmf", "emz", "wmz", "svg", "wdp", "hdp"}
    | {"odttf", "ttf", "fntdata"}
)
_HARMLESS_BINARY = re.compile(r"/(?:printersettings|customproperty)/?[^/]*\d*\.bin\Z")
FORBIDDEN_TYPES = re.compile(
    r"macroenabled|vba|activex|oleobject|macrosheet|dialogsheet|externallink|connections\+xml|querytable|webextension"
    r"|text/html|message/rfc822|application/rtf|application/xhtml|application/x-",
    re.IGNORECASE,
)
FORBIDDEN_RELATIONS = frozenset(
    {"attachedtemplate", "oleobject", "control", "activexcontrolbinary", "vbaproject", "wordvbadata", "afchunk"}
    | {"frame", "subdocument", "externallink", "externallinkpath", "webextension", "webextensiontaskpanes"}
    | {"connections", "querytable", "xlmacrosheet", "xlintlmacrosheet", "dialogsheet", "mailmergesource"}
    | {"mailmergeheadersource", "extensibility", "attachedtoolbars", "keymapcustomizations"}
)
FORBIDDEN_ELEMENTS = frozenset({"altchunk", "ddelink", "olelink", "ddeitems", "externalbook", "control", "subdoc"})
FORBIDDEN_FIELDS = frozenset(
    {"DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "LINK", "EMBED", "DATABASE", "RD"}
    | {"QUOTE", "PRINT", "AUTOTEXT", "AUTOTEXTLIST"}
)
_INNER_FIELD = "\ufffc"
_FIELD = re.compile(rf"\s*([A-Za-z]++(?!{_INNER_FIELD})|=)")
_CURLY_QUOTE = re.compile("[\u201c\u201d\u201e]")
_FIELD_WORD = re.compile(
    r"\s*(?:\\(?P<switch>[*@#!]|[A-Za-z](?=[\s\"]|\Z))|\"(?P<quoted>(?:[^\"\\]|\\.)*+)\"|(?P<bare>[^\s\"]++))",
    re.DOTALL,
)
_FIELD_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SWITCHES_WITH_ARGUMENT = frozenset("lots*@#")
"""Of a HYPERLINK: bookmark, tip, frame, fragment, and the formats that any field may have."""
_FORMULA = re.compile(
    r"[\w.'\"]\s*\|[^|!]*+!"  # application|topic!item
    r"|\b(?:DDE|WEBSERVICE|CALL|REGISTER(?:\.ID)?|EXEC|RTD|IMAGE|FILTERXML|SQL\.REQUEST|STOCKHISTORY|PY)\s*\(",
    re.IGNORECASE,
)
_FORMULA_PART = re.compile(
    r"(?P<text>\"[^\"]*+\"?)|'(?P<sheet>[^']*+)'?(?P<document>(?:#(?!REF))?)|(?P<link>\bHYPERLINK\s*\()|(?P<outside>:/|\\\\)",
    re.IGNORECASE,
)
_CELL = (
    r"\[?(?:\$?(?:'[^'\[\\/]*+'|\w+)[!.]|\.)?\$?[A-Z]{1,3}\$?[0-9]{1,7}\]?"  # A1, Sheet!A1, [.A1]
    r"|\w*\[(?:[^\[\]]|\[[^\[\]]*+\])*+\]"  # a column of a table
)
_LINK_TARGET = re.compile(
    rf"\s*+(?:\"(?P<address>(?:[^\"]|\"\")*+)\"\s*+(?P<joined>&|(?=[,;)]))|(?:{_CELL})\s*+[,;)])", re.IGNORECASE
)
_FIXED_START = re.compile(r"#|https?://|mailto:|tel:", re.IGNORECASE)
_FORMULAS = frozenset(
    {"f", "formula", "formula1", "formula2", "definedname", "calculatedcolumnformula", "totalsrowformula"}
)
_SOMEWHERE_ELSE = re.compile(r"\s*(?:[a-z][a-z0-9+.\-]+:|//|\\)", re.IGNORECASE)


def check_field(instruction: str) -> None:
    """Raise FileRefused("active_content") for a field of Word that fetches, runs or is put together by others.

    U+FFFC stands for an inner field, whose result may be neither the kind of a field nor the address of a link.
    """
    kind = _FIELD.match(instruction)
    if kind is None or kind[1].upper() in FORBIDDEN_FIELDS:
        raise FileRefused("active_content")
    if kind[1].upper() == "HYPERLINK":
        _check_link_field(instruction[kind.end() :].strip())


def _check_link_field(instruction: str) -> None:
    """Every argument of a HYPERLINK that belongs to no switch is taken for its address."""
    if _INNER_FIELD in instruction:
        raise FileRefused("active_content")
    at, switch = 0, ""
    while at < len(instruction):
        word = _FIELD_WORD.match(instruction, at)
        if word is None:
            raise FileRefused("active_content")
        at = word.end()
        if word["switch"]:
            switch = word["switch"].lower()
            continue
        argument = _FIELD_ESCAPE.sub(r"\1", word["quoted"]) if word["quoted"] is not None else word["bare"]
        addresses = [argument]
        if switch in _SWITCHES_WITH_ARGUMENT:  # Word ends an argument at a curly quote, too
            addresses = [part for part in _CURLY_QUOTE.split(argument)[1:] if _SOMEWHERE_ELSE.match(part)]
        if not all(is_safe_link(address) for address in addresses):
            raise FileRefused("active_content")
        switch = ""


def check_formula(formula: str) -> None:
    """Raise FileRefused("active_content") for a formula that fetches or runs."""
    if _FORMULA.search(formula):
        raise FileRefused("active_content")
    for part in _FORMULA_PART.finditer(formula):
        sheet = part["sheet"] or ""
        if part["outside"] or part["document"] or _is_in_another_file(sheet):
            raise FileRefused("active_content")
        if part["link"] and not _leads_to_a_safe_address(formula, part.end()):
            raise FileRefused("active_content")


def _is_in_another_file(sheet: str) -> bool:
    """Whether the quoted name of a sheet is an address or a path; no sheet's own name has slashes or brackets."""
    return "\\\\" in sheet or ":/" in sheet or ("[" in sheet and ("/" in sheet or "\\" in sheet))


def _leads_to_a_safe_address(formula: str, at: int) -> bool:
    """Whether the first argument of HYPERLINK is one literal, a literal whose scheme is fixed, or a cell."""
    target = _LINK_TARGET.match(formula, at)
    if target is None:
        return False
    address = target["address"]
    if target["joined"]:
        return _FIXED_START.match(address) is not None
    return address is None or is_safe_link(address)


def check_ooxml(data: bytes, suffix: str, *, budget: int = MAX_UNPACKED, inside: bool = False) -> int:
    """Raise FileRefused unless the file is a DOCX or an XLSX, as its suffix says, and holds nothing active.

    Returns what is left of the budget. A file inside of another (the numbers of a chart) is looked into too, once.
    """
    archive = Archive(data, budget=budget)
    left = archive.left
    types = archive.find(CONTENT_TYPES)
    if types is None:
        raise FileRefused("wrong_suffix")
    declared = _ContentTypes()
    read_xml(types, declared)
    if MAIN_TYPES[suffix] not in declared.content_types:
        raise FileRefused("wrong_suffix")
    for name, content in archive.parts():
        kind = suffix_of(name)
        if kind in XML_SUFFIXES:
            read_xml(content, _OoxmlRules())
        elif kind in MAIN_TYPES and not inside:
            left = check_ooxml(content, kind, budget=left, inside=True)
        elif kind not in OTHER_SUFFIXES and not _HARMLESS_BINARY.search(name):
            raise FileRefused("active_content")
    return left


class _ContentTypes(ContentHandler):
    """The content types that a file declares."""

    def __init__(self) -> None:
        super().__init__()
        self.content_types: set[str] = set()

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX's own name
        kind = attrs.get("ContentType", "")
        if FORBIDDEN_TYPES.search(kind):
            raise FileRefused("active_content")
        if attrs.get("PartName"):
            self.content_types.add(kind)


class _OoxmlRules(ContentHandler):
    """Rules on the elements of a part. Prefixes are the writer's choice, so only local names are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._fields: list[list[str] | None] = []
        """The pieces of the instructions of open fields; None for a field that has come to its result."""
        self._text: list[str] | None = None

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX's own name
        local = _local(name)
        if local in FORBIDDEN_ELEMENTS:
            raise FileRefused("active_content")
        if local == "relationship":
            _check_relation(attrs)
        elif local == "fldchar":
            self._field({_local(key): value for key, value in attrs.items()}.get("fldchartype", ""))
        elif local in {"instrtext", "delinstrtext"} or local in _FORMULAS:
            self._text = []
        for key, value in attrs.items():
            _check_attribute(local, _local(key), value)

    def characters(self, content: str) -> None:
        if self._text is not None:
            self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's own name
        local = _local(name)
        if self._text is None or not (local in {"instrtext", "delinstrtext"} or local in _FORMULAS):
            return
        text, self._text = "".join(self._text), None
        if local in _FORMULAS:
            check_formula(text)
        elif self._fields and self._fields[-1] is not None:
            self._fields[-1].append(text)
        else:
            check_field(text)

    def endDocument(self) -> None:  # noqa: N802 - SAX's own name
        for instruction in self._fields:
            if instruction is not None:
                check_field("".join(instruction))

    def _field(self, kind: str) -> None:
        """A field's instruction runs from "begin" to "separate" or "end", over any number of text runs."""
        if kind == "begin":
            if self._fields and self._fields[-1] is not None:
                self._fields[-1].append(_INNER_FIELD)
            self._fields.append([])
        elif self._fields:
            instruction = self._fields[-1]
            if instruction is not None:
                check_field("".join(instruction))
            self._fields[-1] = None
            if kind == "end":
                self._fields.pop()


def _local(name: str) -> str:
    return name.rpartition(":")[2].casefold()


def _check_attribute(element: str, name: str, value: str) -> None:
    if name == "instr" and element == "fldsimple":
        check_field(value)
    elif (name == "href" and not is_safe_link(value)) or (name == "src" and _SOMEWHERE_ELSE.match(value)):
        raise FileRefused("active_content")


def _check_relation(attrs: Any) -> None:
    kind = attrs.get("Type", "").rpartition("/")[2].casefold()
    target = unquote(attrs.get("Target", ""))
    if kind in FORBIDDEN_RELATIONS:
        raise FileRefused("active_content")
    if attrs.get("TargetMode", "").casefold() == "external":
        if kind != "hyperlink" or not is_safe_link(target):
            raise FileRefused("active_content")
    elif _SOMEWHERE_ELSE.match(target):
        raise FileRefused("active_content")
