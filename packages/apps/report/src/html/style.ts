/** Rows as cards: the first cell as a title, each other with the name of its column before it. */
function cards(selector: string, columns: string): string {
  const of = (...parts: readonly string[]): string => parts.map((part) => `${selector} ${part}`).join(', ')
  return `${of('table', 'tbody', 'caption')} { display: block; } ${of('thead')} { display: none; }
${of('tbody tr')} { display: grid; grid-template-columns: ${columns}; column-gap: 1.1rem; padding: .45rem 0; border-bottom: 1px solid var(--line); }
${of('tbody th')} { grid-column: 1 / -1; position: static; font-weight: 600; border: 0; padding: 0 0 .15rem; text-align: left; white-space: normal; }
${of('tbody td', 'tbody td:not(.number)')} { display: flex; flex-wrap: wrap; justify-content: space-between; column-gap: .5rem; text-align: right; white-space: normal; border: 0; padding: .08rem 0; font-size: .82rem; min-width: 0; }
${of('td::before')} { content: attr(data-title); color: var(--soft); text-align: left; }`
}

/** The style of the page: light and dark, narrow and wide, on paper. No font or picture is fetched. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6876; --paper: #ffffff; --line: #dde3e9; --tint: #f4f7fa; --accent: #23699f; --warn: #a15c00; --warn-tint: #fff5e3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4eaf0; --soft: #9fadba; --paper: #14191f; --line: #323d48; --tint: #1c242c; --accent: #7db9e4; --warn: #f0b75c; --warn-tint: #2c2415; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.45rem; margin: 3rem 0 1rem; padding-bottom: .35rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p { max-width: 46rem; }
.about, footer { color: var(--soft); font-size: .9rem; }
.about span { margin-right: 1.25rem; display: inline-block; }
nav ul { list-style: none; padding: 0; margin: 1.25rem 0 0; display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; font-size: .95rem; }
a { color: var(--accent); }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem; margin: 1rem 0 0; }
.figures div { background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; }
.figures dt { color: var(--soft); font-size: .85rem; line-height: 1.3; }
.figures dd { margin: .15rem 0 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 1.25rem 0 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0 .5rem; }
th, td { text-align: left; padding: .38rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); vertical-align: bottom; }
tbody th { font-weight: 400; position: sticky; left: 0; background: var(--paper); }
.short { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead .number { white-space: normal; }
td:not(.number) { overflow-wrap: break-word; min-width: 6rem; }
@media print, screen and (min-width: 30.01rem) { td.number + td:not(.number), th.number + th:not(.number) { padding-left: 1.1rem; } }
figure { margin: 1.5rem 0 0; }
figcaption { font-weight: 600; margin-bottom: .4rem; }
svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
figure .note { margin: .3rem 0 0; }
.wide table { font-size: .84rem; }
.wide th, .wide td { padding: .35rem .4rem; }
.widest table { font-size: .74rem; }
.widest th, .widest td { padding: .3rem .2rem; }
details.figures-of { margin-top: .9rem; font-size: inherit; color: inherit; }
details.figures-of > summary { color: var(--soft); font-size: .85rem; }
.headline { font-size: 1.12rem; max-width: 46rem; }
.headline li { margin: .3rem 0; }
ul.findings { list-style: none; padding: 0; margin: 1rem 0 0; }
ul.findings li { border-left: 4px solid var(--accent); background: var(--tint); padding: .5rem .9rem; margin: .4rem 0; border-radius: 0 .4rem .4rem 0; }
ul.findings li.warns { border-color: var(--warn); background: var(--warn-tint); }
details { margin: .5rem 0 0; font-size: .85rem; color: var(--soft); }
summary { cursor: pointer; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; }
.note { color: var(--soft); font-size: .92rem; }
footer { padding-top: 1.5rem; padding-bottom: 3rem; margin-top: 3rem; border-top: 1px solid var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) { body { font-size: 15px; } h1 { font-size: 1.6rem; } .figures { grid-template-columns: repeat(2, 1fr); } .figures dd { font-size: 1.15rem; } table { font-size: .8rem; } th, td { padding: .3rem .35rem; } td:not(.number) { min-width: 3.2rem; } .short { white-space: normal; overflow-wrap: anywhere; min-width: 6.5rem; } }
@media screen and (max-width: 34rem) { .drawn { display: none; } .drawn.narrow { display: block; } }
${cards('.sheets', 'repeat(auto-fill, minmax(10rem, 1fr))')}
@media screen and (max-width: 30rem) {
${cards('.cards', '1fr 1fr')}
.cards tbody td { grid-column: 1 / -1; }
.cards tbody td.half { grid-column: auto; }
}
@media print {
  @page { size: A4; margin: 16mm 14mm; }
  :root { --ink: #000; --soft: #444; --paper: #fff; --line: #ccc; --tint: #f6f6f6; --accent: #23699f; --warn: #8a5000; --warn-tint: #fdf6ea; }
  body { font-size: 10.5pt; } main, header, footer { max-width: none; padding: 0; }
  nav, details { display: none; } .scroll { overflow: visible; }
  svg { width: 88%; } tbody th { position: static; }
  figure, tr, .figures div, ul.findings li { break-inside: avoid; } h2, h3, caption, figcaption, thead { break-after: avoid; }
  tbody tr:nth-child(-n+2) { break-after: avoid; } tbody tr:last-child { break-before: avoid; } p { orphans: 3; widows: 3; }
  .sheets tbody td, .sheets tbody td:not(.number) { font-size: 7.5pt; }
  table { font-size: 8.5pt; } .wide table { font-size: 6.6pt; } .wide th, .wide td { padding: .12rem .28rem; } .widest th, .widest td { padding: .12rem .12rem; } .wide .number { white-space: normal; overflow-wrap: normal; } th, td { padding: .2rem .35rem; }
}
`.trim()
