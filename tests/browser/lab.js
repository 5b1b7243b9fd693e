// What lab.py asks of JupyterLab from inside the page, under the name `course`.
(() => {
  const lab = () => window.jupyterapp;
  const panel = () => lab().shell.currentWidget;
  const kernel = () => panel().context.sessionContext.session?.kernel;
  const all = (what, at = document) => [...at.querySelectorAll(what)];
  const frame = () => new Promise(requestAnimationFrame);
  const scroller = () => document.querySelector('.jp-WindowedPanel-outer');

  const hasMaths = (cell) =>
    cell.model.type === 'markdown' &&
    /\$[^$]+\$/.test(cell.model.sharedModel.source.replace(/`[^`]*`/g, ''));
  const cellDrawn = (cell) =>
    cell.isAttached && (!hasMaths(cell) || cell.node.querySelector('mjx-container') !== null);

  // Formulas that could not be set: in red, in an error box, or left as typed.
  const mathsErrors = () => all('.jp-MarkdownOutput').flatMap((prose) => {
    const rest = prose.cloneNode(true);
    all('code, mjx-container', rest).forEach((e) => e.remove());
    const marked = all('mjx-merror, mjx-container mtext[mathcolor="red"]', prose);
    return [...marked.map((e) => e.textContent), ...rest.textContent.match(/.*[$\\].*/g) ?? []];
  });

  // How far to the right the letters and pictures of `node` reach that can be seen. What is there
  // for screen readers alone is clipped to nothing; spaces at which a line is broken hang over.
  const reach = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const range = document.createRange();
      return Math.max(0, ...[...node.data.matchAll(/\S+/g)].map(({0: word, index}) => {
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        return range.getBoundingClientRect().right;
      }));
    }
    if (!node.checkVisibility?.({opacityProperty: true, visibilityProperty: true})) return 0;
    const style = getComputedStyle(node);
    if (style.clip !== 'auto' || style.clipPath !== 'none') return 0;
    if (node.childNodes.length) return Math.max(...[...node.childNodes].map(reach));
    return /^(IMG|CANVAS|INPUT|MJX-C)$|^[a-z]/.test(node.tagName) // lower case: in an SVG
      ? node.getBoundingClientRect().right : 0;
  };
  const tooWide = () => all('.jp-MarkdownOutput, .cm-scroller, .jp-OutputArea-output')
    .filter((e) => reach(e) > e.getBoundingClientRect().right + 3)
    .map((e) => e.textContent.trim().slice(0, 80));

  window.course = {
    // Read; and, where cells off screen are kept in the page, each one there with its formulas set.
    drawn: () => {
      if (!lab()?.shell?.currentWidget?.context?.isReady) return false;
      const content = panel().content;
      return content.model.cells.length > 0 &&
        content.widgets.length === content.model.cells.length &&
        (content.notebookConfig.windowingMode !== 'none' || content.widgets.every(cellDrawn));
    },
    still: async () => {
      await Promise.all(all('.jp-Notebook img').map((i) => i.complete || i.decode().catch(() => 0)));
      await document.fonts.ready;
      await frame();
      await frame();
    },
    live: () => panel().context.sessionContext.isReady && kernel()?.connectionStatus === 'connected',
    run: (command, ms) => Promise.race([lab().commands.execute(command).then(() => true),
      new Promise((done) => setTimeout(() => done(false), ms))]),
    // Wait until the kernel has answered all that the page sent. A widget that is moved faster than
    // it answers holds its last state back, and sends it while the answer before is taken in.
    answered: async () => {
      const asked = new Set();
      for (let more = null; more === null || more.length; ) {
        more = [...kernel()._futures.values()].filter((future) => !asked.has(future));
        more.forEach((future) => asked.add(future));
        await Promise.allSettled(more.map((future) => future.done));
      }
    },
    scroller,
    scroll: async (screen) => { scroller().scrollTop = screen * scroller().clientHeight; await frame(); },
    screens: () => Math.ceil(scroller().scrollHeight / scroller().clientHeight),

    // What a reader sees: all text but the cells' source, prompts, widths of pictures, and faults.
    sight: () => {
      const outputs = panel().content.model.toJSON().cells.flatMap((cell) => cell.outputs ?? []);
      return {
        text: all('.jp-MarkdownOutput, .jp-OutputArea-output').map((e) => e.innerText).join('\n'),
        prompts: all('.jp-InputPrompt').map((e) => e.innerText.trim()).filter((text) => text),
        pictures: all('.jp-OutputArea-output img').filter((i) => i.naturalWidth).length,
        broken: all('.jp-Notebook img').filter((i) => !i.naturalWidth).map((i) => i.src.slice(0, 99)),
        errors: outputs.filter((o) => o.output_type === 'error').map((o) => `${o.ename}: ${o.evalue}`),
        stderr: outputs.filter((o) => o.name === 'stderr').map((o) => [o.text].flat().join('')),
        maths: mathsErrors(),
        wide: tooWide(),
      };
    },

    // SHA-1 of a picture's bytes.
    sha: async (img) => {
      const bytes = await (await fetch(img.src)).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes));
      return Array.from(digest, (b) => b.toString(16).padStart(2, '0')).join('');
    },
  };
})();
