// Runs when an explorer's view appears: `this` is a style element in it.
// Sliders, buttons and images of ipywidgets carry no accessible name, and a live region that is
// replaced as a whole is often not read out. Here names come from the labels, the line of words
// becomes a lasting region, and the picture's alternative text follows it. Where scripts are
// barred, all else works without it.
const box = this.closest('.course-explorer'), all = (at, what) => [...at.querySelectorAll(what)];
const set = (node, values) => {
  for (const name in values)
    if (node && node.getAttribute(name) !== String(values[name]))
      node.setAttribute(name, values[name]);
};
const tell = () => {
  const words = box.querySelector('.course-words .widget-html-content');
  for (const part of all(box, '.widget-slider')) {
    const label = part.querySelector('.widget-label').textContent;
    const number = part.querySelector('.widget-readout');
    set(number, {role: 'textbox', 'aria-label': label + ', typed'});
    set(part.querySelector('.noUi-handle'),
      {'aria-label': label, 'aria-valuetext': number.textContent});
  }
  for (const part of all(box, '.widget-toggle-buttons')) {
    set(part, {role: 'group', 'aria-label': part.querySelector('.widget-label').textContent});
    for (const one of all(part, 'button')) set(one, {'aria-pressed': one.matches('.mod-active')});
  }
  for (const part of all(box, '.widget-play')) {
    const label = part.parentNode.querySelector('.widget-label').textContent;
    const [play, stop, again] = all(part, 'button');
    set(play, {'aria-label': (part.querySelector('.fa-pause') ? 'pause ' : 'play ') + label});
    set(stop, {'aria-label': 'back to the start of ' + label});
    set(again, {'aria-label': 'repeat ' + label, 'aria-pressed': again.matches('.mod-active')});
  }
  set(words, {role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true'});
  set(box.querySelector('img'), {alt: (this.dataset.note + ' ' + words?.textContent).trim()});
};
tell();
new MutationObserver(tell).observe(
  box, {childList: true, subtree: true, attributes: true, attributeFilter: ['class']});
// Some versions of JupyterLab and Notebook take a slider's arrow keys for the notebook's own.
window.courseArrows ||= !window.addEventListener('keydown', ({target, key}) =>
  target.matches('.course-explorer .noUi-handle') &&
  target.toggleAttribute('data-lm-suppress-shortcuts', key.startsWith('Arrow')), true);
