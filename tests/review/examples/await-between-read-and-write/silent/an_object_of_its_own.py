# file: reports.py
class Report:
    total = 0
    text = None


async def summarise(parts):
    report = Report()
    for part in parts:
        before = report.total
        value = await part.value()
        report.total = before + value
    if report.text is None:
        report.text = await parts[0].text()
    return report
