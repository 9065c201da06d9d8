// A board that keeps itself fresh: fetched again while somebody looks at it and is not at work inside it.
const live = document.querySelector('[data-live]')
const fresh = async () => {
  if (document.hidden || live.contains(document.activeElement) || String(getSelection())) return
  try {
    const answer = await fetch(location.href, {credentials: 'same-origin', redirect: 'error'})
    if (!answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]')
    if (page && !live.contains(document.activeElement)) live.replaceChildren(...page.childNodes)
  } catch { /* the next turn tries again */ }
}
if (live) setInterval(fresh, 1000 * live.dataset.live)
document.addEventListener('visibilitychange', () => document.hidden || !live || fresh())
