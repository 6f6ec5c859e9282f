import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useMemo, useState } from 'preact/hooks'
import { en } from './en.ts'
import { fr } from './fr.ts'

export type Language = 'en' | 'fr'
export type Word = keyof typeof en

/** Says things in one language. */
export interface Speech {
  readonly language: Language
  readonly say: (word: Word, places?: Readonly<Record<string, string>>) => string
  readonly number: (value: number) => string
  /** A share in [0, 1]; one that is there is never shown as none. */
  readonly percent: (share: number) => string
  readonly seconds: (value: number) => string
  /** Of an ISO time. */
  readonly date: (time: string) => string
  /** Of a day, `2026-01-31`. */
  readonly day: (date: string) => string
}

export const languages: Readonly<
  Record<Language, { readonly name: string; readonly words: Readonly<Record<Word, string>> }>
> = {
  en: { name: 'English', words: en },
  fr: { name: 'Français', words: fr },
}

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }

export function makeSpeech(language: Language): Speech {
  const { words } = languages[language]
  const locale = locales[language]
  const numbers = new Intl.NumberFormat(locale)
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const fine = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const coarse = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  return {
    language,
    say: (word, places = {}) => words[word].replaceAll(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole),
    number: (value) => numbers.format(value),
    percent: (share) =>
      share > 0 && share < 0.0005 ? `< ${percents.format(0.001)}` : percents.format(share),
    seconds: (value) =>
      value < 60
        ? `${(value < 10 ? fine : coarse).format(value)} s`
        : `${numbers.format(Math.floor(value / 60))} min ${numbers.format(Math.round(value % 60))} s`,
    date: (time) => formatted(dates, time),
    day: (date) => formatted(days, date),
  }
}

function formatted(format: Intl.DateTimeFormat, time: string): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? time : format.format(date)
}

const key = 'sillage.language'
const Spoken = createContext<Speech & { readonly speak: (language: Language) => void }>({
  ...makeSpeech('en'),
  speak: () => {},
})

/** Gives the page its language: the one that was chosen, else the first of the browser's that is known. */
export function WithLanguage({ children }: { readonly children: ComponentChildren }) {
  const [language, setLanguage] = useState(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const speech = useMemo(
    () => ({
      ...makeSpeech(language),
      speak: (next: Language) => {
        localStorage.setItem(key, next)
        setLanguage(next)
      },
    }),
    [language],
  )
  return <Spoken.Provider value={speech}>{children}</Spoken.Provider>
}

export function useSpeech() {
  return useContext(Spoken)
}

function firstLanguage(): Language {
  const wanted = [localStorage.getItem(key), ...navigator.languages].map((one) =>
    one?.slice(0, 2).toLowerCase(),
  )
  return (wanted.find((one) => one === 'en' || one === 'fr') as Language | undefined) ?? 'en'
}
