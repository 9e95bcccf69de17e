"""Labels of a receipt, a Russian document: bases of volumes, and of recalculated lines.

Services are named by their catalogue.
"""

from portal.billing.enums import Basis

RECALCULATION = "перерасчёт"
BASES: dict[str, str] = {
    Basis.READING: "по показаниям",
    Basis.AVERAGE: "по среднему",
    Basis.NORM: "по нормативу",
}
