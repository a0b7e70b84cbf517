"""What axe-core finds on a page: WCAG 2.2, levels A and AA."""

from pathlib import Path

AXE = Path(__file__).parent / "vendor" / "axe-core-4.10.3" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The only rules whose outcome a theme can change: one page's themes differ in colours alone."""


def violations(driver, within: str = "document", rules: list[str] = RULES) -> list[object]:
    """Return the rules that are broken with where; of the whole page, or of a part by selector."""
    if not driver.execute_script("return Boolean(window.axe)"):
        driver.execute_script(AXE.read_text(encoding="utf-8"))
    found: list[object] = driver.execute_async_script(
        "const [within, tags, done] = arguments;"
        "axe.run(within === 'document' ? document : within, {runOnly: tags})"
        ".then((result) => done(result.violations.map("
        "(one) => [one.id, one.nodes.map((node) => node.target.join(' '))])))",
        within,
        rules,
    )
    return found
