// Shows the API reference in place of the plain list of operations. Nothing is loaded from elsewhere.
const target = document.getElementById('reference')
Scalar.createApiReference(target, {
  url: target.dataset.document,
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  persistAuth: false,
  defaultOpenAllTags: false,
})
document.getElementById('plain').hidden = true
