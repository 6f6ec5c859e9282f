/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Page } from 'playwright-core'

/** What is wrong with a page as it stands, each as a sentence; nothing where all is well. Runs in the page: no names from outside. */
export async function findFaults(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const faults: string[] = []
    const text = (element: Element): string => (element.textContent ?? '').trim()
    const shown = (element: Element): boolean => element.checkVisibility()
    const all = (selector: string): readonly Element[] =>
      [...document.querySelectorAll(selector)].filter(shown)
    const told = (element: Element): string => element.outerHTML.slice(0, 120)

    if (document.documentElement.scrollWidth > innerWidth)
      faults.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`)
    if (!document.documentElement.lang) faults.push('the page names no language')
    if (document.title === '') faults.push('the page has no title')
    if (all('main').length !== 1) faults.push('there is not one main')
    if (all('header').length === 0) faults.push('there is no header')
    if (all('h1').length !== 1) faults.push(`there are ${all('h1').length} h1`)

    let level = 0
    for (const heading of all('h1,h2,h3,h4')) {
      const next = Number(heading.tagName[1])
      if (next > level + 1)
        faults.push(`a heading of level ${next} follows one of ${level}: ${text(heading)}`)
      level = next
    }

    const labelled = (element: Element): boolean => {
      const { labels } = element as HTMLInputElement
      return Boolean(
        element.getAttribute('aria-label') ||
          element.getAttribute('aria-labelledby') ||
          (labels && labels.length > 0 && text(labels[0]!)),
      )
    }
    for (const field of all('input,select,textarea'))
      if (!labelled(field)) faults.push(`a field without a name: ${told(field)}`)
    for (const action of all('button,a[href],summary'))
      if (
        !action.closest('[aria-hidden="true"]') &&
        text(action) === '' &&
        !labelled(action) &&
        !action.querySelector('title')
      )
        faults.push(`an action without a name: ${told(action)}`)
    for (const nav of all('nav,section[tabindex]'))
      if (!nav.getAttribute('aria-label')) faults.push(`a region without a name: ${told(nav)}`)
    const regions = all('section[aria-label]').map((region) => region.getAttribute('aria-label'))
    for (const label of new Set(regions))
      if (regions.filter((one) => one === label).length > 1)
        faults.push(`two regions have the label ${label}`)
    for (const picture of all('svg')) {
      const used = picture.querySelector('a,button,[role=button],[tabindex]') !== null
      const named =
        picture.getAttribute('role') === (used ? 'group' : 'img') && picture.getAttribute('aria-label')
      if (!named && picture.getAttribute('aria-hidden') !== 'true')
        faults.push(`a picture without a name: ${told(picture)}`)
    }
    for (const table of all('table')) {
      if (!table.querySelector('caption')) faults.push('a table without a caption')
      if (table.querySelector('thead th:not([scope])')) faults.push('a head of a table without a scope')
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    for (const id of new Set(ids))
      if (ids.filter((one) => one === id).length > 1) faults.push(`the id ${id} is there twice`)
    for (const element of document.querySelectorAll('[aria-describedby]'))
      if (!document.getElementById(element.getAttribute('aria-describedby')!))
        faults.push(`a description is missing: ${told(element)}`)

    // Contrast (WCAG 2.2, 1.4.3), with colours as the browser paints them.
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
    const rgba = (colour: string): readonly number[] => {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
      return [...canvas.getImageData(0, 0, 1, 1).data]
    }
    const luminance = ([r, g, b]: readonly number[]): number => {
      const [x, y, z] = [r!, g!, b!].map((part) => {
        const share = part / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!
    }
    const ground = (element: Element | null): readonly number[] => {
      for (let at = element; at; at = at.parentElement) {
        const colour = rgba(getComputedStyle(at).backgroundColor)
        if (colour[3]! > 250) return colour
      }
      return [255, 255, 255, 255]
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement!
      if (
        !node.textContent?.trim() ||
        !shown(element) ||
        element.closest('svg,.unseen,:disabled,noscript,option')
      )
        continue
      const [light, dark] = [
        luminance(rgba(getComputedStyle(element).color)),
        luminance(ground(element)),
      ].sort((a, b) => b - a)
      const ratio = (light! + 0.05) / (dark! + 0.05)
      if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)} of "${node.textContent.slice(0, 40)}"`)
    }
    return [...new Set(faults)]
  })
}
