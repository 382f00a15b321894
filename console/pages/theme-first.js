// @ts-check
// No module, so that it runs before the page is drawn and nothing flashes; theme.js has the rest.
{
  const kept = localStorage.getItem('headwater-theme');
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset['theme'] = kept;
}
