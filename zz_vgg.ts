import { chromium } from "playwright-core";
const b = await chromium.launch({executablePath:"/usr/bin/chromium", args:["--no-sandbox","--disable-gpu"]});
const page = await b.newPage({viewport:{width:1280,height:900}});
page.on("console",m=>console.log("console",m.text())); page.on("pageerror",e=>console.log("pageerror",e.message));
const t=performance.now();
await page.goto("file:///tmp/vgg16.safetensors-demo/index.html");
let last="";
for(let i=0;i<1200;i++){ const e=await page.evaluate("document.querySelector('#status').textContent") as string; if(e!==last){ if(/Ready|Starting|0 %|error/.test(e)) console.log(((performance.now()-t)/1000).toFixed(1), e); last=e;} if(/Ready|cannot/.test(e)) break; await page.waitForTimeout(100);}
for (const n of [1,2,3]) {
await page.setInputFiles("#file", "/work/shared/data/imagenette-224/"+Deno.args[0]);
for(let i=0;i<1200;i++){ const e=await page.evaluate("document.documentElement.dataset.first?document.querySelector('#status').textContent:''") as string; if(e && !/Looking/.test(e)) {console.log(((performance.now()-t)/1000).toFixed(1),e); break;} await page.waitForTimeout(200);}
console.log(await page.evaluate("document.querySelector('#speed').textContent"), await page.evaluate("JSON.stringify([...document.querySelectorAll('.top button')].map(b=>[b.dataset.label,b.dataset.probability]))"));
}
await page.screenshot({path:"/tmp/vgg16.png",fullPage:true});
await b.close();
