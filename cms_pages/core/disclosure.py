"""The page of disclosed information that a fresh site starts with (ПП РФ № 108 от 26.01.2023), as the body of a page.

The company adds its own reports. Russian content.
"""

import json

SLUG = "disclosure"
TITLE = "Раскрытие информации"
SUMMARY = "Сведения, которые водоканал обязан публиковать, и где они лежат."
WHERE = (
    ("/tariffs/", "Тарифы", "цены за 1 м³, решения регулятора, с какого дня действуют"),
    ("/services/", "Услуги и прейскурант", "цены услуг, сроки, порядок подключения"),
    ("/documents/", "Документы", "нормативы потребления, договор, правила, формы заявлений, отчёты"),
    ("/outages/", "Отключения", "плановые работы и аварии"),
    ("/contacts/", "Контакты", "адреса, телефоны, часы работы"),
    ("/complaints/", "Книга жалоб и предложений", "обращения жителей и наши ответы"),
    ("/privacy/", "Персональные данные", "политика обработки"),
)


def page_body() -> str:
    """The body as the JSON of its stream: links to the sections that hold what must be disclosed."""
    links = "".join(f'<li><a href="{url}">{name}</a>: {content};</li>' for url, name, content in WHERE)
    blocks = [
        {"type": "text", "value": f"<ul>{links}</ul>"},
        {
            "type": "text",
            "value": '<p>Не нашли нужного? <a href="/support/">Спросите</a>: ответим письмом. Состав сведений '
            "устанавливают стандарты раскрытия информации в сфере водоснабжения и водоотведения.</p>",
        },
    ]
    return json.dumps(blocks, ensure_ascii=False)
