// Suggestions under a search box; without scripts the box is a plain form.
const WAIT = 150
for (const box of document.querySelectorAll('input[data-suggest]')) {
  const list = document.createElement('ul')
  list.id = box.id + '-list'
  list.className = 'suggest'
  list.hidden = true
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', box.placeholder)
  box.after(list)
  for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-controls', list.id], ['aria-expanded', 'false']]) box.setAttribute(name, value)
  let timer, asked, at = -1

  const show = open => {
    list.hidden = !open
    box.setAttribute('aria-expanded', open)
    if (!open) mark(-1)
  }
  const mark = next => {
    list.children[at]?.removeAttribute('aria-selected')
    at = next
    list.children[at]?.setAttribute('aria-selected', 'true')
    at < 0 ? box.removeAttribute('aria-activedescendant') : box.setAttribute('aria-activedescendant', list.children[at].id)
  }
  const fill = items => {
    at = -1
    list.replaceChildren(...items.map((item, n) => {
      const option = document.createElement('li')
      option.id = `${list.id}-${n}`
      option.setAttribute('role', 'option')
      option.textContent = item.name
      option.dataset.url = item.url
      return option
    }))
    show(items.length > 0)
  }
  const ask = async () => {
    const text = box.value.trim()
    asked?.abort()
    if (!text) return show(false)
    asked = new AbortController()
    try {
      const reply = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: asked.signal })
      if (reply.ok) fill((await reply.json()).items)
    } catch { /* no suggestions, the form still works */ }
  }
  box.addEventListener('input', e => {
    clearTimeout(timer)
    if (!e.isComposing) timer = setTimeout(ask, WAIT)
  })
  box.addEventListener('compositionend', () => { clearTimeout(timer); timer = setTimeout(ask, WAIT) })
  box.addEventListener('keydown', e => {
    if (list.hidden || e.isComposing) return
    const size = list.children.length
    if (e.key === 'ArrowDown') mark((at + 1) % size)
    else if (e.key === 'ArrowUp') mark(at < 1 ? size - 1 : at - 1)
    else if (e.key === 'Escape') show(false)
    else if (e.key === 'Enter' && at >= 0) location.assign(list.children[at].dataset.url)
    else return
    e.preventDefault()
  })
  list.addEventListener('mousedown', e => {
    const option = e.target.closest('[data-url]')
    if (option && e.button === 0) location.assign(option.dataset.url)
  })
  box.addEventListener('blur', () => show(false))
}
