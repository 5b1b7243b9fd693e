// What lab.py asks of JupyterLab from inside the page, under the name `course`.
(() => {
  const lab = () => window.jupyterapp;
  const panel = () => lab().shell.currentWidget;
  const kernel = () => panel().context.sessionContext.session?.kernel;
  const bytes = async (img) => new Uint8Array(await (await fetch(img.src)).arrayBuffer());

  const hasMaths = (cell) =>
    cell.model.type === 'markdown' &&
    /\$[^$]+\$/.test(cell.model.sharedModel.source.replace(/`[^`]*`/g, ''));

  const cellDrawn = (cell) =>
    cell.isAttached && (!hasMaths(cell) || cell.node.querySelector('mjx-container') !== null);

  // Call `then` for each picture that comes into `area`: one that has loaded there, or one that was
  // loaded before it was put there. Returns a function that ends it.
  const onPicture = (area, then) => {
    const put = new MutationObserver((changes) => changes.forEach(({addedNodes}) =>
      addedNodes.forEach((node) => { if (node.querySelector?.('img')?.complete) then(); })));
    put.observe(area, {childList: true, subtree: true});
    area.addEventListener('load', then, true);
    return () => { put.disconnect(); area.removeEventListener('load', then, true); };
  };

  window.course = {
    // Read; and, where cells off screen are kept in the page, each one there with its formulas set.
    drawn: () => {
      if (!lab()?.shell?.currentWidget?.context?.isReady) return false;
      const content = panel().content;
      return content.widgets.length === content.model.cells.length &&
        (content.notebookConfig.windowingMode !== 'none' || content.widgets.every(cellDrawn));
    },
    outputs: () => panel().content.model.toJSON().cells.flatMap((cell) => cell.outputs ?? []),
    mathsErrors: () => {
      const prose = [...document.querySelectorAll('.jp-MarkdownOutput')];
      const marked = prose.flatMap((p) =>
        [...p.querySelectorAll('mjx-merror, mjx-container mtext[mathcolor="red"]')]);
      const asTyped = prose.map((p) => {
        const rest = p.cloneNode(true);
        rest.querySelectorAll('code, mjx-container').forEach((e) => e.remove());
        return rest.textContent;
      });
      return [...marked.map((e) => e.textContent), ...asTyped.filter((text) => /[$\\]/.test(text))];
    },
    // Cells and outputs of which the window shows only a part; formulas that leave their place.
    tooWide: () => {
      const cut = [...document.querySelectorAll(
        '.jp-MarkdownOutput, .cm-scroller, .jp-OutputArea-output')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1);
      const right = (e) => e.getBoundingClientRect().right;
      const out = [...document.querySelectorAll('.jp-MarkdownOutput mjx-container[display]')]
        .filter((e) => [...e.querySelectorAll('*')].some(
          (part) => right(part) > right(e.closest('.jp-MarkdownOutput')) + 1));
      return [...cut, ...out].map((e) => e.textContent.trim().slice(0, 80));
    },
    live: () => panel().context.sessionContext.isReady && kernel()?.connectionStatus === 'connected',
    run: (command) => lab().commands.execute(command),
    // The kernel answers in order: once this is answered, all that was sent before is done.
    ask: async () => { await kernel().requestKernelInfo(); return kernel().status; },
    frame: () => new Promise(requestAnimationFrame),
    scroller: () => document.querySelector('.jp-WindowedPanel-outer'),

    // A picture's bytes, and their SHA-1.
    bytes: async (img) =>
      btoa(Array.from(await bytes(img), (b) => String.fromCharCode(b)).join('')),
    sha: async (img) => {
      const digest = await crypto.subtle.digest('SHA-1', await bytes(img));
      return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
    },

    // Milliseconds from the next key press anywhere to the first frame after a picture has come
    // into `area`; null if none comes within `limit` milliseconds.
    latency: (area, limit) => {
      let pressed, stop;
      window.courseLatency = new Promise((resolve) => {
        const onKey = (event) => { pressed = event.timeStamp; };
        const finish = (ms) => {
          removeEventListener('keydown', onKey, true);
          stop();
          resolve(ms);
        };
        addEventListener('keydown', onKey, {capture: true, once: true});
        stop = onPicture(area, () => {
          if (pressed) requestAnimationFrame(() => finish(performance.now() - pressed));
        });
        setTimeout(() => finish(null), limit);
      });
    },
    // Count the pictures that come into `area` from now on, in `courseCount`.
    count: (area) => {
      window.courseStop?.();
      window.courseCount = 0;
      window.courseStop = onPicture(area, () => { window.courseCount += 1; });
    },
  };
})();
