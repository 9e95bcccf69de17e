"""The words of a receipt, a Russian document: services and bases of volumes."""

from portal.accounts.enums import Service
from portal.billing.enums import Basis

SERVICES: dict[str, str] = {
    Service.COLD_WATER: "Холодная вода",
    Service.HOT_WATER: "Горячая вода",
    Service.WASTEWATER: "Водоотведение",
}
BASES: dict[str, str] = {
    Basis.READING: "по показаниям",
    Basis.AVERAGE: "по среднему",
    Basis.NORM: "по нормативу",
}
