"""Chinese text is drawn with the project's fonts, also rare characters, on a machine that has no Chinese font."""

import pytest


@pytest.mark.parametrize("text", ["班主任津贴发放表", "䶮𬭸喆堃", "2023-11 ¥1,280.00"])
def test_text_is_drawn_with_the_projects_font(page, text: str) -> None:
    page.set_content(
        f'<html lang="zh-CN"><body style="font-family: system-ui, sans-serif"><p id="x">{text}</p></body></html>'
    )
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": "#x"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert [font["familyName"] for font in fonts] == ["Noto Sans SC"]


def test_a_field_without_a_label_is_found(page, axe) -> None:
    page.set_content('<html lang="zh"><title>t</title><main><h1>t</h1><input type="text"></main></html>')
    with pytest.raises(AssertionError, match="label"):
        axe(page)
    page.set_content('<html lang="zh"><title>t</title><main><h1>t</h1><label>姓名 <input></label></main></html>')
    axe(page)
