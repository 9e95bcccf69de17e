"""Reports: every report with its address and its line in the menu."""

from portal.office.common.sections import OfficeSection
from portal.office.reports import metering, money
from portal.office.reports.base import Report

REPORTS: tuple[type[Report], ...] = (*money.REPORTS, *metering.REPORTS)

SECTION = OfficeSection(
    urls=[report.url() for report in REPORTS],
    screens=[report.screen() for report in REPORTS],
)
