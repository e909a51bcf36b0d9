# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the status page looks. PRIVATE to the collection.

On a narrow screen every app is a card, with the name of each column before its value; on a wide one a row of a table.
Colours never stand alone: each state has a word or a shape. Text has at least 4.5:1 against what is behind it
(WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --back: #f3f4f6; --card: #fff; --line: #d5d9df; --text: #1b1f24; --soft: #57606a; --link: #0b5cad;
  --ok: #1a7f37; --warning: #8a5600; --problem: #b42318; --problem-back: #fdecea; --warning-back: #fff5df;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #101316; --card: #191d22; --line: #343b44; --text: #e7eaee; --soft: #a3adb8; --link: #84bdff;
    --ok: #62c57c; --warning: #e5b84b; --problem: #ff9289; --problem-back: #371a18; --warning-back: #30260f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 84rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 0.94rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
}
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 1.8rem 0 .5rem; font-size: 1.15rem; }
h2 small, small { color: var(--soft); font-size: .82rem; font-weight: normal; }
p { margin: .2rem 0; }
a { color: var(--link); }
ul { margin: 0; padding: 0; list-style: none; }
code { font: .8rem ui-monospace, monospace; }
small { display: block; }
h2 small { display: inline; }
.sum { display: flex; flex-wrap: wrap; gap: .4rem; margin: .7rem 0 0; }
.sum li { padding: .15rem .6rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); }
.wrong { margin-top: .6rem; }
.ok { color: var(--ok); }
.warning { color: var(--warning); }
.problem { color: var(--problem); }
table { display: block; width: 100%; border-spacing: 0; }
thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
tbody {
  display: block; margin: 0 0 .7rem; padding: .6rem .8rem; background: var(--card);
  border: 1px solid var(--line); border-left: 4px solid var(--ok); border-radius: .4rem;
}
tbody.is-warning { border-left-color: var(--warning); }
tbody.is-problem { border-left-color: var(--problem); }
tr { display: block; }
th, td { display: block; padding: .18rem 0; text-align: left; vertical-align: top; font-weight: normal; }
td[data-name] { display: grid; grid-template-columns: 6.4rem minmax(0, 1fr); gap: .5rem; }
td[data-name]::before { content: attr(data-name); color: var(--soft); }
td.none { display: none; }
b { font-size: 1.02rem; }
.state { font-size: .82rem; font-weight: 600; white-space: nowrap; }
.tag {
  display: inline-block; margin: .1rem .25rem 0 0; padding: 0 .4rem;
  border: 1px solid var(--line); border-radius: .3rem;
  color: var(--soft); font-size: .8rem;
}
.runs { display: flex; flex-wrap: wrap; gap: 0 .8rem; }
.dot {
  display: inline-block; width: .62rem; height: .62rem; margin-right: .35rem; border-radius: 50%;
  background: currentColor;
}
.problem > .dot { border-radius: 0; }
.warning > .dot { background: none; border: 2px solid currentColor; }
.runs li { padding-left: 1rem; text-indent: -1rem; color: var(--text); }
.notes { margin-top: .3rem; }
.notes li { margin: .2rem 0; padding: .15rem .5rem; border-radius: .3rem; }
.notes > .problem { background: var(--problem-back); }
.notes > .warning { background: var(--warning-back); }
.notes .job { color: var(--soft); padding-left: 0; }
.away { padding: .6rem .8rem; background: var(--problem-back); border-radius: .4rem; color: var(--problem); }
@media (min-width: 44rem) and (max-width: 65.99rem) {
  tr.app { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 1.2rem; }
  th { grid-column: 1 / -1; }
}
@media (min-width: 66rem) {
  body { padding: 1.5rem 2rem; }
  table {
    display: table; table-layout: fixed; background: var(--card); border: 1px solid var(--line); border-radius: .4rem;
  }
  thead { position: static; display: table-header-group; clip-path: none; }
  thead th { color: var(--soft); font-size: .82rem; }
  tbody { display: table-row-group; border: 0; }
  tr { display: table-row; }
  th, td, td.none, td[data-name] { display: table-cell; padding: .45rem .5rem; }
  td[data-name]::before { content: none; }
  tbody tr:first-child > * { border-top: 1px solid var(--line); }
  tbody th, tbody td[colspan] { border-left: 4px solid var(--ok); padding-left: .7rem; }
  tbody.is-warning th, tbody.is-warning td[colspan] { border-left-color: var(--warning); }
  tbody.is-problem th, tbody.is-problem td[colspan] { border-left-color: var(--problem); }
  td[colspan] { padding-top: 0; }
  .notes { margin-top: 0; }
  .runs { display: block; }
  .w18 { width: 18%; } .w16 { width: 16%; } .w10 { width: 10%; } .w12 { width: 12%; } .w20 { width: 20%; }
}
@media print { body { background: none; } }
"""
