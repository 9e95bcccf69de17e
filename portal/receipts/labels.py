"""The words of a receipt, a Russian document: bases of volumes; services are named by their catalogue."""

from portal.billing.enums import Basis

BASES: dict[str, str] = {
    Basis.READING: "по показаниям",
    Basis.AVERAGE: "по среднему",
    Basis.NORM: "по нормативу",
}
