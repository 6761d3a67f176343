/* leeboard; licences of what is inside: LICENSES.txt */
(()=>{try{let e=localStorage.getItem("leeboard-theme");(e==="dark"||e==="light")&&(document.documentElement.dataset.theme=e)}catch{}})();
